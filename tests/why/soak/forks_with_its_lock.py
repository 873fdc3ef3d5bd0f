# A process forks while it holds the lock itself: no other thread was ever there.
# repair: who_releases
import multiprocessing
import threading

lock = threading.Lock()

def take():
    with lock:
        pass

if __name__ == "__main__":
    with lock:
        child = multiprocessing.get_context("fork").Process(target=take)
        child.start()
        child.join()
