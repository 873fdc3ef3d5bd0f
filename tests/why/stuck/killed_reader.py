# A reader of a queue is killed while it waits in get(), and so has the lock on the queue's read end. The next one waits for it.
# edge: P end P.1
# edge: P.1 lock P,P.1
# repair: who_releases
# line: P killed_reader.py:33 in <module>: second.join()
# line: P -
# line: P.1 killed_reader.py:14 in read: queue.get()
# says: waits in queue.get() for the queue's own lock for reading
import multiprocessing
import os

def read(queue, ready):
    ready.set()
    queue.get()

def waits_in_read(pid):
    with open(f"/proc/{pid}/wchan") as file:
        return "pipe_read" in file.read()

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    queue, ready = multiprocessing.Queue(), multiprocessing.Event()
    first = multiprocessing.Process(target=read, args=(queue, ready))
    first.start()
    ready.wait()
    while not waits_in_read(first.pid):
        pass
    first.kill()
    first.join()
    second = multiprocessing.Process(target=read, args=(queue, ready))
    second.start()
    queue.put("A")
    second.join()
