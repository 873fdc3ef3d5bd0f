# A child is killed while it has the lock, and nobody else can know that: a semaphore has no owner.
# edge: P lock P
# shape: dead end
# repair: who_releases
# line: P killed_holder.py:23 in <module>: with lock:
# says: waits in `with lock` until a lock or semaphore is released
import multiprocessing
import time

def hold(lock, has_it):
    lock.acquire()
    has_it.set()
    time.sleep(1000)

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    lock, has_it = multiprocessing.Lock(), multiprocessing.Event()
    holder = multiprocessing.Process(target=hold, args=(lock, has_it))
    holder.start()
    has_it.wait()
    holder.kill()
    holder.join()
    with lock:
        pass
