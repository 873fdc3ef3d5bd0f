"""queue.Full and queue.Empty, with timeouts and without waiting."""
import multiprocessing
import queue
import sys


def main():
    q = multiprocessing.Queue(maxsize=1)
    try:
        q.get(timeout=0.05)
    except queue.Empty:
        print("main: empty")
    q.put("first")
    try:
        q.put("second", timeout=0.05)
    except queue.Full:
        print("main: full")
    try:
        q.put_nowait("third")
    except queue.Full:
        print("main: still full")
    print("main:", q.get())
    try:
        q.get_nowait()
    except queue.Empty:
        print("main: empty again")
    print("main:", q.empty(), q.full(), q.qsize())


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    main()
