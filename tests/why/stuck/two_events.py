# Two processes wait for each other's event. There is no lock.
# edge: P end P.1
# edge: P.1 lock P,P.1,P.2
# edge: P.2 lock P,P.1,P.2
# repair: who_sets
# line: P two_events.py:26 in <module>: child.join()
# line: P.1 two_events.py:13 in wait: first.wait()
# line: P.2 two_events.py:13 in wait: first.wait()
# says: waits in first.wait() until the event is set
import multiprocessing

def wait(first, second):
    first.wait()
    second.set()

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    a, b = multiprocessing.Event(), multiprocessing.Event()
    children = [
        multiprocessing.Process(target=wait, args=(a, b)),
        multiprocessing.Process(target=wait, args=(b, a)),
    ]
    for child in children:
        child.start()
    for child in children:
        child.join()
