# says: say N in `with lock` at thread_lock_at_fork.py:10 waits for the lock; who has it is not known
# says: say N has no other thread that could end this wait, and is a fork
import multiprocessing as mp
import threading

lock, held, over = threading.Lock(), threading.Event(), threading.Event()


def say():
    with lock:
        print("said")


def hold():
    with lock:
        held.set()
        over.wait()


if __name__ == "__main__":
    mp.set_start_method("fork")
    threading.Thread(target=hold).start()
    held.wait()
    child = mp.Process(target=say)
    child.start()
    over.set()
    child.join()
