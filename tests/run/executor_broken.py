"""A worker that dies breaks the whole pool."""
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
import multiprocessing
import os
import sys


def die():
    os._exit(9)


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    with ProcessPoolExecutor(1) as executor:
        try:
            executor.submit(die).result()
        except BrokenProcessPool as error:
            print("main:", type(error).__name__)
