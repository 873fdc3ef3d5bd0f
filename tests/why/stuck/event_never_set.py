# Two processes wait for an event, and the one that was to set it has forgotten it.
# edge: P end P.1
# edge: P.1 lock P,P.1,P.2
# repair: release_lock
import multiprocessing

def wait(event):
    event.wait()

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    event = multiprocessing.Event()
    children = [multiprocessing.Process(target=wait, args=(event,)) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join()
