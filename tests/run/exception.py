"""A child that ends by an exception: the parent learns of it by the exit code only."""
import multiprocessing
import sys


def parse(q):
    while True:
        text = q.get()
        print("parse:", int(text))


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    q = multiprocessing.Queue()
    p = multiprocessing.Process(target=parse, args=(q,))
    p.start()
    for text in ("1", "two", "3"):
        q.put(text)
    p.join()
    print("main: exit code", p.exitcode)
    q.close()
