# One of three parties fails before it comes to the barrier.
# edge: P end P.1
# edge: P.1 lock P,P.1,P.2
# edge: P.2 lock P,P.1,P.2
# repair: barrier_party_missing
# line: P barrier_party_failed.py:23 in <module>: child.join()
# line: P.1 barrier_party_failed.py:14 in come: barrier.wait()
# line: P.2 barrier_party_failed.py:14 in come: barrier.wait()
# says: Who should come to the barrier, besides the 2 that wait at barrier.wait()
import multiprocessing

def come(barrier, number):
    1 / (number - 2)
    barrier.wait()

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    barrier = multiprocessing.Barrier(3)
    children = [multiprocessing.Process(target=come, args=(barrier, n)) for n in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join()
