# A reader gets values until a sentinel comes, which the parent doesn't put before it joins the reader.
# edge: P end P.1
# edge: P.1 value P,P.1
# shape: circle P P.1
# repair: put_sentinels
# line: P missing_sentinel.py:23 in <module>: reader.join()
# line: P -
# line: P.1 missing_sentinel.py:13 in read: while queue.get() is not None:
# says: waits in queue.get() for a value
import multiprocessing

def read(queue):
    while queue.get() is not None:
        pass

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    queue = multiprocessing.Queue()
    reader = multiprocessing.Process(target=read, args=(queue,))
    reader.start()
    for value in "ABC":
        queue.put(value)
    reader.join()
