# One process takes a lock of multiprocessing twice. It is no RLock.
# edge: P lock P
# shape: dead end
# repair: release_lock
import multiprocessing

lock = multiprocessing.Lock()
with lock, lock:
    pass
