# One of two readers is ended in get(), where it has the queue's lock for reading. The other one waits for it, whatever is put.
# edge: P end P.1
# edge: P.1 lock P,P.1
# repair: who_releases
# line: P dead_reader.py:31 in <module>: reader.join()
# line: P -
# line: P.1 dead_reader.py:12 in read: for item in iter(queue.get, None):
# says: for the queue's own lock for reading
import multiprocessing

def read(queue):
    for item in iter(queue.get, None):
        print(item)

def waits_in_read(reader):
    with open(f"/proc/{reader.pid}/wchan") as file:
        return "pipe_read" in file.read()

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    queue = multiprocessing.Queue()
    readers = [multiprocessing.Process(target=read, args=(queue,)) for _ in range(2)]
    for reader in readers:
        reader.start()
    while not any(map(waits_in_read, readers)):
        pass
    next(filter(waits_in_read, readers)).terminate()
    for _ in readers:
        queue.put(None)
    for reader in readers:
        reader.join()
