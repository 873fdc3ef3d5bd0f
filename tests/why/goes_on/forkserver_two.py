# because: of two children of the fork server the second one sleeps, and will set the event for the first
import multiprocessing
import sys
import time

def wait(event):
    event.wait()

def help(event):
    print("ready", file=sys.stderr, flush=True)
    time.sleep(1000)
    event.set()

if __name__ == "__main__":
    multiprocessing.set_start_method("forkserver")
    event = multiprocessing.Event()
    children = [multiprocessing.Process(target=it, args=(event,)) for it in (wait, help)]
    for child in children:
        child.start()
    for child in children:
        child.join()
