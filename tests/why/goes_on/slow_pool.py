# because: one task of the pool is slow
import multiprocessing
import sys
import time

def task(number):
    if number == 3:
        print("ready", file=sys.stderr, flush=True)
        time.sleep(1000)
    return number

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    with multiprocessing.Pool(2) as pool:
        pool.map(task, range(4), chunksize=1)
