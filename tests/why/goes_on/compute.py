# because: the child computes, and the parent waits for its result
import multiprocessing
import sys

def compute(queue):
    print("ready", file=sys.stderr, flush=True)
    number = 0
    while number >= 0:
        number += 1
    queue.put(number)

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    queue = multiprocessing.Queue()
    multiprocessing.Process(target=compute, args=(queue,), daemon=True).start()
    queue.get()
