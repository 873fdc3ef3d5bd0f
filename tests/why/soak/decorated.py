# Both functions take the same lock, and one calls the other.
# edge: P thread P
# repair: lock_taken_twice
# line: P decorated.py:14 in wrapper: with lock:
# says: waits in `with lock` until the lock is released
import functools
import threading

lock = threading.Lock()

def synchronized(function):
    @functools.wraps(function)
    def wrapper(*arguments):
        with lock:
            return function(*arguments)
    return wrapper

@synchronized
def pay(amount):
    return -amount

@synchronized
def transfer(amount):
    return pay(amount)

print(transfer(5))
