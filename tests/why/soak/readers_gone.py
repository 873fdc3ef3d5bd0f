# The only reader has ended; the program's own feeder thread has still a lot to write when the program ends.
# also: spawn forkserver
# edge: P room P
# repair: get_what_was_put
# line: P -
# line: P -
# says: waits at its exit for its queue's feeder thread
import multiprocessing

def read(queue):
    print(queue.get())

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    queue = multiprocessing.Queue()
    reader = multiprocessing.Process(target=read, args=(queue,))
    reader.start()
    queue.put("A")
    reader.join()
    queue.put("x" * 1_000_000)
