"""A subclass of Process with a run() of its own."""
import multiprocessing
import sys


class Counter(multiprocessing.Process):
    def __init__(self, results, upto):
        super().__init__(name="counter")
        self.results = results
        self.upto = upto

    def run(self):
        for n in range(self.upto):
            self.results.put(n)
        print("%s: counted to %d" % (self.name, self.upto))


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    results = multiprocessing.Queue()
    counter = Counter(results, 2)
    counter.start()
    print("main:", results.get(), results.get())
    counter.join()
