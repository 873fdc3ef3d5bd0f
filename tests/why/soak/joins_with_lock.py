# The main thread joins a thread while it holds the lock that the other one wants.
# repair: who_releases
import threading

lock = threading.Lock()

def take():
    with lock:
        pass

with lock:
    thread = threading.Thread(target=take)
    thread.start()
    thread.join()
