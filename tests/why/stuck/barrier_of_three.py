# A barrier for three, to which two come.
# edge: P end P.1
# edge: P.1 lock P,P.1,P.2
# edge: P.2 lock P,P.1,P.2
# repair: barrier_party_missing
# line: P barrier_of_three.py:24 in <module>: child.join()
# line: P.1 barrier_of_three.py:15 in come: barrier.wait()
# line: P.2 barrier_of_three.py:15 in come: barrier.wait()
# says: waits in child.join() for
# says: waits in barrier.wait() until all parties have come
# says: let as many come to the barrier as it is made for
import multiprocessing

def come(barrier):
    barrier.wait()

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    barrier = multiprocessing.Barrier(3)
    children = [multiprocessing.Process(target=come, args=(barrier,)) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join()
