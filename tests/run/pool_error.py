"""An exception in a worker that nobody catches: the traceback of the worker is shown as well."""
import multiprocessing
import sys


def invert(x):
    return 1 / x


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    print("main: starts", flush=True)
    with multiprocessing.Pool(2) as pool:
        print("main:", pool.map(invert, [1, 0, 2]))
