# A child's feeder thread has more to write than the queue's pipe takes, and the parent joins before it gets.
# edge: P end P.1
# edge: P.1 room P,P.1
# edge: P.1 thread P.1
# shape: circle P P.1
# repair: get_before_join
# line: P join_before_get.py:23 in <module>: writer.join()
# line: P.1 -
# line: P.1 -
# says: waits in writer.join() for
# says: waits at its exit for its queue's feeder thread.
# says: , feeder thread, waits in write(): pipe full
import multiprocessing

def write(queue):
    queue.put("x" * 1_000_000)

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    queue = multiprocessing.Queue()
    writer = multiprocessing.Process(target=write, args=(queue,))
    writer.start()
    writer.join()
    print(len(queue.get()))
