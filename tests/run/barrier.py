"""A Barrier for three processes, and one that is broken."""
import multiprocessing
import sys
import threading


def phase(name, barrier, results):
    results.put(name + " before")
    barrier.wait()
    results.put(name + " behind")


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    barrier = multiprocessing.Barrier(3)
    results = multiprocessing.SimpleQueue()
    children = [multiprocessing.Process(target=phase, args=(n, barrier, results)) for n in "abc"]
    for p in children:
        p.start()
    for p in children:
        p.join()
    seen = [results.get().split()[1] for _ in range(6)]
    print("main:", seen)
    try:
        multiprocessing.Barrier(2, timeout=0.05).wait()
    except threading.BrokenBarrierError:
        print("main: broken")
