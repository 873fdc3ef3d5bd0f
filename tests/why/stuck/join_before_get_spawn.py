# The same with the start method spawn: the first child of the program is Python's resource tracker.
# edge: P end P.2
# edge: P.2 room P,P.2
# edge: P.1 value P,P.2
# shape: circle P P.2
# repair: get_before_join
# line: P join_before_get_spawn.py:22 in <module>: writer.join()
# line: P.2 -
# line: P.2 -
# says: waits in writer.join() for
# says: waits at its exit for its queue's feeder thread.
import multiprocessing

def write(queue):
    queue.put("x" * 1_000_000)

if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    queue = multiprocessing.Queue()
    writer = multiprocessing.Process(target=write, args=(queue,))
    writer.start()
    writer.join()
    print(len(queue.get()))
