# One process takes a lock of multiprocessing twice. It is no RLock.
# edge: P lock P
# shape: dead end
# repair: lock_taken_twice
# line: P lock_taken_twice.py:10 in <module>: with lock, lock:
# says: waits in `with lock, lock` until a lock or semaphore is released
import multiprocessing

lock = multiprocessing.Lock()
with lock, lock:
    pass
