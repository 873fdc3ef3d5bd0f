"""A child that is terminated with lines in its buffer, and one that flushes."""
import multiprocessing
import sys
import time


def careless(ready):
    print("careless: never seen")
    print("careless: neither")
    ready.send(True)
    time.sleep(60)


def careful(ready):
    print("careful: seen", flush=True)
    ready.send(True)
    time.sleep(60)


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    for target in (careless, careful):
        a, b = multiprocessing.Pipe()
        p = multiprocessing.Process(target=target, args=(b,))
        p.start()
        a.recv()
        p.terminate()
        p.join()
        print("main:", target.__name__, p.exitcode)
