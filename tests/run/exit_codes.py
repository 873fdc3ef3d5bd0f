"""The ways in which a process ends, and what its parent sees."""
import multiprocessing
import os
import signal
import sys


def returns():
    print("returns: printed")


def exits():
    print("exits: printed")
    sys.exit(4)


def leaves():
    print("leaves: lost")
    os._exit(5)


def kills_itself():
    os.kill(os.getpid(), signal.SIGKILL)


def says_why():
    sys.exit("says_why: no reason")


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    for target in (returns, exits, leaves, kills_itself, says_why):
        p = multiprocessing.Process(target=target)
        p.start()
        p.join()
        print("main:", target.__name__, p.exitcode)
    sys.exit(6)
