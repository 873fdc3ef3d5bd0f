# Two children of the fork server wait for an event that nobody sets; the parent joins the first one.
# verdict: likely_stuck
# edge: P end P.2.1
# repair: who_sets
# line: P event_never_set_forkserver.py:20 in <module>: child.join()
# line: P.2.1 event_never_set_forkserver.py:11 in wait: event.wait()
# line: P.2.2 event_never_set_forkserver.py:11 in wait: event.wait()
import multiprocessing

def wait(event):
    event.wait()

if __name__ == "__main__":
    multiprocessing.set_start_method("forkserver")
    event = multiprocessing.Event()
    children = [multiprocessing.Process(target=wait, args=(event,)) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join()
