# Three neighbours share three locks. The first one fails with its lock, and its parent has reaped it: there is no circle.
# edge: P end P.1
# edge: P.1 lock P,P.1,P.2
# edge: P.2 lock P,P.1,P.2
# repair: one_order
# line: P neighbour_failed.py:28 in <module>: process.join()
# line: P.1 neighbour_failed.py:18 in eat: right.acquire()
# line: P.2 neighbour_failed.py:18 in eat: right.acquire()
# says: Are these locks taken in the same order everywhere? At right.acquire() (
import multiprocessing

def eat(left, right, all_sit):
    left.acquire()
    all_sit.wait()
    if multiprocessing.current_process().name == "first":
        raise RuntimeError("no appetite")
    # The last one wants the lock of the first one.
    right.acquire()

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    locks, all_sit = [multiprocessing.Lock() for _ in range(3)], multiprocessing.Barrier(3)
    neighbours = zip(["first", "second", "third"], locks, locks[1:] + locks[:1])
    processes = [multiprocessing.Process(target=eat, args=(*two, all_sit), name=name) for name, *two in neighbours]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
