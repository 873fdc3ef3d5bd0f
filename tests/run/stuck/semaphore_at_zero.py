# says: MainProcess N in slots.acquire() at semaphore_at_zero.py:7 waits until the semaphore is released
# says: slots began with 0, and each release() so far has had its acquire()
import multiprocessing as mp

if __name__ == "__main__":
    slots = mp.Semaphore(0)
    slots.acquire()
