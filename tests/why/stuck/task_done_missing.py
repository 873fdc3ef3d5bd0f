# The parent waits until all that it has put is done, and the worker never says that it is.
# edge: P lock P,P.1
# edge: P.1 value P,P.1
# repair: task_done
# line: P task_done_missing.py:22 in <module>: queue.join()
# line: P -
# line: P.1 task_done_missing.py:14 in work: while queue.get() is not None:
# says: waits in queue.join() until task_done() has been called for each value
# says: waits in queue.get() for a value
# says: feeder thread, waits for a value to be put
import multiprocessing

def work(queue):
    while queue.get() is not None:
        pass

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    queue = multiprocessing.JoinableQueue()
    multiprocessing.Process(target=work, args=(queue,), daemon=True).start()
    queue.put("A")
    queue.join()
