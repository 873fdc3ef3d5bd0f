# A sentinel that the reader knows by its identity: what comes out of a queue is a copy.
# edge: P end P.1
# edge: P.1 value P,P.1
# repair: put_sentinels
# line: P sentinel_of_each_process.py:25 in <module>: reader.join()
# line: P -
# line: P.1 sentinel_of_each_process.py:15 in read: value = queue.get()
# says: Is a sentinel put for each reader before reader.join() (
import multiprocessing

END = object()

def read(queue):
    while True:
        value = queue.get()
        if value is END:
            break

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    queue = multiprocessing.Queue()
    reader = multiprocessing.Process(target=read, args=(queue,))
    reader.start()
    queue.put(END)
    reader.join()
