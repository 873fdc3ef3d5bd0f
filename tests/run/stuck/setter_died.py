# says: MainProcess N in ready.wait() at setter_died.py:16 waits until the event is set
# says: No line has called ready.set(), and load N has ended without that.
# says: mp-demo: load (N) ended by ZeroDivisionError: division by zero (setter_died.py:8)
import multiprocessing as mp


def load(ready, size):
    1 / size
    ready.set()


if __name__ == "__main__":
    ready = mp.Event()
    loader = mp.Process(target=load, args=(ready, 0))
    loader.start()
    ready.wait()
    loader.join()
