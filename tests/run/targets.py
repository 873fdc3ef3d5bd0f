"""Targets of all kinds: a method, a partial, the queue's own put."""
import functools
import multiprocessing
import sys


class Greeter:
    def greet(self, q, name):
        q.put("hello " + name)


def add(q, a, b=0):
    q.put(a + b)


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    q = multiprocessing.Queue()
    targets = [
        (Greeter().greet, (q, "you")),
        (functools.partial(add, q, b=2), (1,)),
        (q.put, ("put by itself",)),
    ]
    for target, args in targets:
        p = multiprocessing.Process(target=target, args=args)
        p.start()
        print("main:", q.get())
        p.join()
