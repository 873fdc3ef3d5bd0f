"""apply_async: a result, an exception in a task, a callback, a timeout."""
import multiprocessing
import sys
import time


def divide(a, b):
    return a / b


def slow():
    time.sleep(30)


def main():
    with multiprocessing.Pool(2) as pool:
        good = pool.apply_async(divide, (6, 3), callback=lambda r: print("main: callback", r))
        bad = pool.apply_async(divide, (1, 0))
        print("main:", good.get())
        try:
            bad.get()
        except ZeroDivisionError as error:
            print("main: failed:", error)
        print("main:", pool.apply(divide, (1, 4)), bad.ready(), bad.successful())
        try:
            pool.apply_async(slow).get(timeout=0.1)
        except multiprocessing.TimeoutError:
            print("main: too slow")


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    main()
