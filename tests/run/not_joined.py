"""Children that nobody joins: Python waits for them when the parent ends."""
import multiprocessing
import sys
import time


def late(seconds):
    time.sleep(seconds)
    print("late %s: ends" % seconds)


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    for seconds in (0.1, 0.05):
        multiprocessing.Process(target=late, args=(seconds,)).start()
    print("main: end of the program", flush=True)
