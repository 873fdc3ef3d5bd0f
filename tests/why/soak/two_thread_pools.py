# A task waits for one of another pool, which has a free worker for it; that one waits for an event.
# repair: who_sets
import threading
from concurrent.futures import ThreadPoolExecutor

event = threading.Event()
first, second = ThreadPoolExecutor(1), ThreadPoolExecutor(1)

def outer():
    return second.submit(event.wait).result()

first.submit(outer).result()
