"""A Lock around a counter in a Value: nothing is lost. A lock that can't be had in time."""
import multiprocessing
import sys


def count(lock, counter):
    for _ in range(2):
        lock.acquire()
        counter.value += 1
        lock.release()


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    lock = multiprocessing.Lock()
    counter = multiprocessing.Value("i", 0, lock=False)
    children = [multiprocessing.Process(target=count, args=(lock, counter)) for _ in range(2)]
    for p in children:
        p.start()
    for p in children:
        p.join()
    with lock:
        print("main:", counter.value, lock.acquire(timeout=0.05), lock.acquire(False))
