# says: MainProcess N in p.join() at target_is_put.py:9 waits for put N to end
# says: A circle: MainProcess -> put -> MainProcess.
# says: The repair: get everything from this queue before p.join() (target_is_put.py:9).
from multiprocessing import Process, Queue

if __name__ == "__main__":
    q = Queue()
    (p := Process(target=q.put, args=("x" * 100_000,))).start()
    p.join()
