# Two processes wait for an event, and the one that was to set it has forgotten it.
# edge: P end P.1
# edge: P.1 lock P,P.1,P.2
# repair: who_sets
# line: P event_never_set.py:21 in <module>: child.join()
# line: P.1 event_never_set.py:12 in wait: event.wait()
# line: P.2 event_never_set.py:12 in wait: event.wait()
# says: waits in event.wait() until the event is set
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
