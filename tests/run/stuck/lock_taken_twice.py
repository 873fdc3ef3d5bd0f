# says: MainProcess N in lock.acquire() at lock_taken_twice.py:8 waits for the lock, which it took at lock_taken_twice.py:13
import multiprocessing as mp

lock = mp.Lock()


def add():
    with lock:
        pass


if __name__ == "__main__":
    with lock:
        add()
