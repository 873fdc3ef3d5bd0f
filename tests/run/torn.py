"""Two processes write into the same line, and the last one has no end."""
import multiprocessing
import sys


def begin(begun, written):
    print("first: begins, ", end="", flush=True)
    begun.set()
    written.wait()
    print("and ends", flush=True)


def between(begun, written):
    begun.wait()
    print("second: writes between", flush=True)
    written.set()


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    begun, written = multiprocessing.Event(), multiprocessing.Event()
    processes = [
        multiprocessing.Process(target=target, args=(begun, written)) for target in (begin, between)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    print("main: ends", end="")
