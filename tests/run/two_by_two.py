"""Two producers and two consumers; each consumer has a sentinel of its own."""
import multiprocessing
import sys


def produce(name, q):
    for n in range(3):
        q.put((name, n))


def consume(q, sums):
    count = 0
    while q.get() is not None:
        count += 1
    sums.put(count)


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    q, sums = multiprocessing.Queue(), multiprocessing.Queue()
    producers = [multiprocessing.Process(target=produce, args=(n, q)) for n in "xy"]
    consumers = [multiprocessing.Process(target=consume, args=(q, sums)) for _ in range(2)]
    for p in producers + consumers:
        p.start()
    for p in producers:
        p.join()
    for p in consumers:
        q.put(None)
    for p in consumers:
        p.join()
    print("main:", sums.get() + sums.get())
