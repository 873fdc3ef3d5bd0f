"""A value that can't be pickled is dropped by the feeder thread; the others arrive."""
import multiprocessing
import sys


def read(q):
    for value in iter(q.get, None):
        print("read:", value)


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    q = multiprocessing.Queue()
    p = multiprocessing.Process(target=read, args=(q,))
    p.start()
    q.put("before")
    q.put(lambda: 1)
    q.put("behind")
    q.put(None)
    p.join()
    a, b = multiprocessing.Pipe()
    try:
        a.send(lambda: 1)
    except Exception:  # AttributeError or PicklingError, as the Python is
        print("main: send raises, too")
