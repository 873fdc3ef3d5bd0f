# The same with the start method spawn; the tracker of resources is no part of it. A lock has a name that others may open.
# verdict: likely_stuck
# edge: P end P.2
# repair: who_sets
# line: P event_never_set_spawn.py:20 in <module>: child.join()
# line: P.2 event_never_set_spawn.py:11 in wait: event.wait()
# line: P.3 event_never_set_spawn.py:11 in wait: event.wait()
import multiprocessing

def wait(event):
    event.wait()

if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    event = multiprocessing.Event()
    children = [multiprocessing.Process(target=wait, args=(event,)) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join()
