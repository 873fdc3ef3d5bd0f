"""One writer and one reader; None tells the reader that nothing more will come."""
from multiprocessing import Process, Queue, set_start_method
import sys


def write(q):
    for value in ["A", "B", "C"]:
        print("write: Put %s to queue..." % value)
        q.put(value)


def read(q):
    while True:
        value = q.get(True)
        if value is None:
            break
        print("read: Get %s from queue." % value)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        set_start_method(sys.argv[1])
    q = Queue()
    pw = Process(target=write, args=(q,))
    pr = Process(target=read, args=(q,))
    pw.start()
    pr.start()
    pw.join()
    q.put(None)
    pr.join()
    print("main: exit codes", pw.exitcode, pr.exitcode)
