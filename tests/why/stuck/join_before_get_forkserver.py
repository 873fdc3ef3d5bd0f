# The same with the start method forkserver. The writer is a child of the server, so the parent can't wait for it in wait4():
# it waits for word from the server, at a pipe that was made just before the child's own.
# edge: P.2.1 room P,P.2.1
# edge: P end P.2.1
# shape: circle P P.2.1
# repair: get_before_join
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
