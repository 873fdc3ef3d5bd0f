# because: the pool's workers are idle, and the main thread sleeps before it gives them something
import multiprocessing
import sys
import time

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    with multiprocessing.Pool(3) as pool:
        pool.map(abs, range(8))
        print("ready", file=sys.stderr, flush=True)
        time.sleep(1000)
