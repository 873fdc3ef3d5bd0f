"""A line is copied by a fork of multiprocessing's: another thread may print just before that."""
import multiprocessing
from multiprocessing import util
import os
import sys

flush, main = util._flush_std_streams, os.getpid()


def flush_in_children():
    if os.getpid() != main:
        flush()


def child():
    print("child: runs")


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    util._flush_std_streams = flush_in_children
    print("main: before")
    for _ in range(2):
        process = multiprocessing.Process(target=child)
        process.start()
        process.join()
        sys.stdout.flush()
