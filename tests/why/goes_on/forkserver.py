# because: a child of the fork server sleeps
import multiprocessing
import sys
import time

def sleep():
    print("ready", file=sys.stderr, flush=True)
    time.sleep(1000)

if __name__ == "__main__":
    multiprocessing.set_start_method("forkserver")
    child = multiprocessing.Process(target=sleep)
    child.start()
    child.join()
