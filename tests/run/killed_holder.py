"""A process is killed while it holds a lock: nobody else gets it any more."""
import multiprocessing
import sys
import time


def hold(lock, holding):
    with lock:
        holding.send("I have it")
        time.sleep(60)


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    lock = multiprocessing.Lock()
    a, b = multiprocessing.Pipe(duplex=False)
    p = multiprocessing.Process(target=hold, args=(lock, b))
    p.start()
    print("main:", a.recv())
    p.kill()
    p.join()
    print("main: acquired", lock.acquire(timeout=0.1))
