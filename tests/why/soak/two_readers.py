# Two children read the same pipe; one of them gets all that comes, and the other one waits.
# edge: P end P.1
# edge: P.1 data P,P.1
# shape: circle P P.1
# repair: close_write_end
# line: P two_readers.py:22 in <module>: reader.join()
# line: P.1 two_readers.py:12 in read: print(os.read(ours, 100))
import multiprocessing
import os

def read(ours):
    print(os.read(ours, 100))

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    ours, its = os.pipe()
    readers = [multiprocessing.Process(target=read, args=(ours,)) for _ in range(2)]
    for reader in readers:
        reader.start()
    os.write(its, b"A")
    for reader in readers:
        reader.join()
