# At its exit the program waits for a worker, which waits for the next value or the sentinel.
# also: spawn forkserver
# edge: P end P.1
# edge: P.1 data P,P.1
# shape: circle P P.1
# repair: put_sentinels
# line: P joins_at_exit.py:19 in stop: worker.join()
# line: P -
# line: P.1 joins_at_exit.py:15 in work: for value in iter(queue.get, None):
# says: waits in worker.join() for
import atexit
import multiprocessing

def work(queue):
    for value in iter(queue.get, None):
        print(value)

def stop():
    worker.join()

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    queue = multiprocessing.Queue()
    worker = multiprocessing.Process(target=work, args=(queue,))
    worker.start()
    atexit.register(stop)
    queue.put("A")
