"""Pool.map with one worker, so that the order is known."""
import multiprocessing
import sys


def square(x):
    return x * x


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    pool = multiprocessing.Pool(1)
    print("main:", pool.map(square, [1, 2, 3], chunksize=2))
    pool.close()
    pool.join()
    print("main: closed")
