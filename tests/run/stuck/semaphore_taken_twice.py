# says: MainProcess N in slot.acquire() at semaphore_taken_twice.py:8 waits until the semaphore is released
# says: slot was acquired by MainProcess N (semaphore_taken_twice.py:7), and not released: MainProcess N waits for itself.
import multiprocessing as mp

if __name__ == "__main__":
    slot = mp.Semaphore()
    with slot:
        slot.acquire()
