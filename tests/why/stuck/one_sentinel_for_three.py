# Three readers and one sentinel: one of them waits for a value, and the other one for the lock that the former has.
# edge: P end P.1
# repair: put_sentinels
# line: P one_sentinel_for_three.py:29 in <module>: reader.join()
# line: P -
# line: P.1 one_sentinel_for_three.py:14 in read: while queue.get() is not None:
# line: P.2 one_sentinel_for_three.py:14 in read: while queue.get() is not None:
# says: waits in queue.get() for a value
# says: waits in queue.get() for the queue's own lock for reading
import multiprocessing

def read(queue, gate):
    gate.wait()
    while queue.get() is not None:
        pass

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    queue, gate = multiprocessing.Queue(), multiprocessing.Barrier(3)
    readers = [multiprocessing.Process(target=read, args=(queue, gate)) for _ in range(3)]
    for reader in readers:
        reader.start()
    queue.put(None)
    # The one that got it is not the first that is joined.
    while all(reader.is_alive() for reader in readers):
        pass
    readers.sort(key=lambda reader: not reader.is_alive())
    for reader in readers:
        reader.join()
