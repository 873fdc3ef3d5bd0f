"""A list that is changed after put() arrives changed: the feeder thread pickles it later."""
import multiprocessing
import sys


def read(q):
    print("read: %d characters" % len(q.get()))
    print("read:", q.get())


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    q = multiprocessing.Queue()
    q.put("x" * 1000000)
    basket = ["apple"]
    q.put(basket)
    basket.append("pear")
    p = multiprocessing.Process(target=read, args=(q,))
    p.start()
    p.join()
