# Two functions call their lock the same, and it isn't: a thread took the inner one and has ended.
# edge: P thread P
# repair: who_releases
# line: P two_locks_of_one_name.py:15 in inner: with lock:
import threading

a, b = threading.Lock(), threading.Lock()

def outer(lock):
    with lock:
        inner(b)

def inner(lock):
    print("inner")
    with lock:
        print("both")

taker = threading.Thread(target=b.acquire)
taker.start()
taker.join()
outer(a)
