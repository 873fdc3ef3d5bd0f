"""imap in order, with an initializer and workers that are replaced after two tasks."""
import multiprocessing
import sys

factor = 1


def begin(f):
    global factor
    factor = f


def scale(x):
    return x * factor


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    pool = multiprocessing.Pool(2, initializer=begin, initargs=(10,), maxtasksperchild=2)
    results = list(pool.imap(scale, range(6)))
    pool.close()
    pool.join()
    print("main:", results)
