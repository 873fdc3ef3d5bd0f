# The same with the start method forkserver. The writer is a child of the server, so the parent can't wait for it in wait4():
# it waits for word from the server, at a pipe that was made just before the child's own.
# edge: P.2.1 room P,P.2.1
# edge: P end P.2.1
# shape: circle P P.2.1
# repair: get_before_join
# line: P join_before_get_forkserver.py:22 in <module>: writer.join()
# line: P.2.1 -
# line: P.2.1 -
# says: waits in writer.join() for
# says: waits at its exit for its queue's feeder thread.
import multiprocessing

def write(queue):
    queue.put("x" * 1_000_000)

if __name__ == "__main__":
    multiprocessing.set_start_method("forkserver")
    queue = multiprocessing.Queue()
    writer = multiprocessing.Process(target=write, args=(queue,))
    writer.start()
    writer.join()
    print(len(queue.get()))
