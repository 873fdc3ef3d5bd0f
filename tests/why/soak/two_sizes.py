# 8 KB fit into the queue's pipe, and the first writer ends; 262 KB don't, and the second one waits for a reader.
# also: spawn forkserver
# edge: P end P.1
# edge: P.1 room P,P.1
# shape: circle P P.1
# repair: get_before_join
# line: P two_sizes.py:22 in <module>: writer.join()
# line: P.1 -
# line: P.1 -
# says: waits in writer.join() for
import multiprocessing

def write(queue, size):
    queue.put("x" * size)

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    queue = multiprocessing.Queue()
    for size in (8_000, 262_000):
        writer = multiprocessing.Process(target=write, args=(queue, size))
        writer.start()
        writer.join()
    print(len(queue.get()), len(queue.get()))
