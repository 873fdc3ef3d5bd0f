# because: a spawned child sleeps before it puts; the tracker of resources is no part of it
import multiprocessing
import sys
import time

def put(queue):
    print("ready", file=sys.stderr, flush=True)
    time.sleep(1000)
    queue.put(1)

if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    queue = multiprocessing.Queue()
    multiprocessing.Process(target=put, args=(queue,)).start()
    print(queue.get())
