# fork() copies a lock that another thread has just then. In the child, that thread doesn't exist.
# edge: P end P.1
# edge: P.1 thread P.1
# repair: no_fork_with_threads
# line: P fork_with_a_lock.py:32 in <module>: child.join()
# line: P.1 fork_with_a_lock.py:20 in use: with lock:
# says: waits in `with lock` until the lock is released, and it has no other thread
import multiprocessing
import threading

lock = threading.Lock()
has_it, is_forked = threading.Event(), threading.Event()

def hold():
    with lock:
        has_it.set()
        is_forked.wait()

def use():
    with lock:
        pass

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    thread = threading.Thread(target=hold)
    thread.start()
    has_it.wait()
    child = multiprocessing.Process(target=use)
    child.start()
    is_forked.set()
    thread.join()
    child.join()
