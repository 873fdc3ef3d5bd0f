# threading.Event is one for threads: the child waits for its own copy.
# edge: P end P.1
# edge: P.1 thread P.1
# repair: other_queue_between_processes
# line: P event_of_threads.py:20 in <module>: child.join()
# line: P.1 event_of_threads.py:12 in work: started.wait()
# says: waits in started.wait() until the event is set, and it has no other thread
import multiprocessing
import threading

def work(started):
    started.wait()

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    started = threading.Event()
    child = multiprocessing.Process(target=work, args=(started,))
    child.start()
    started.set()
    child.join()
