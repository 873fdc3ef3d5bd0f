"""An Event: two processes wait until the first says go."""
import multiprocessing
import sys


def runner(number, go):
    go.wait()
    print("runner %d: runs" % number)


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    go = multiprocessing.Event()
    runners = []
    for number in (1, 2):
        p = multiprocessing.Process(target=runner, args=(number, go), name="runner %d" % number)
        p.start()
        runners.append(p)
    print("main: set?", go.is_set(), go.wait(0.05))
    go.set()
    for p in runners:
        p.join()
    print("main:", go.wait(), go.is_set())
