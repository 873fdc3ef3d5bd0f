# because: one task of the executor is slow
import concurrent.futures
import multiprocessing
import sys
import time

def task(number):
    if number == 1:
        print("ready", file=sys.stderr, flush=True)
        time.sleep(1000)
    return number

if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as executor:
        list(executor.map(task, range(2)))
