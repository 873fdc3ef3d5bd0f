"""The reader is terminated after its first value: two values are lost, and so is what it printed."""
import multiprocessing
import sys
import time


def write(q):
    for value in ("A", "B", "C"):
        q.put(value)


def read(q, got_one):
    value = q.get()
    print("read:", value)
    got_one.set()
    time.sleep(60)
    print("read:", q.get())


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    q = multiprocessing.Queue()
    got_one = multiprocessing.Event()
    pw = multiprocessing.Process(target=write, args=(q,))
    pr = multiprocessing.Process(target=read, args=(q, got_one))
    pw.start()
    pr.start()
    pw.join()
    got_one.wait()
    pr.terminate()
    pr.join()
    print("main: reader ended with", pr.exitcode)
