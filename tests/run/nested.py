"""A process that starts a process."""
import multiprocessing
import sys


def inner(q):
    q.put("from inner")


def outer(q):
    p = multiprocessing.Process(target=inner, args=(q,))
    p.start()
    p.join()
    print("outer: inner ended with", p.exitcode)


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    q = multiprocessing.Queue()
    p = multiprocessing.Process(target=outer, args=(q,))
    p.start()
    print("main:", q.get())
    p.join()
