# Three workers should meet before they begin, but an executor starts only as many as it has tasks.
# verdict: likely_stuck
# edge: P.2 lock P,P.2,P.3
# edge: P.3 lock P,P.2,P.3
# repair: barrier_party_missing
# line: P executor_initializer.py:22 in main: print(list(executor.map(abs, [-1, -2])))
# line: P -
# line: P -
# line: P.2 executor_initializer.py:16 in meet: barrier.wait()
# line: P.3 executor_initializer.py:16 in meet: barrier.wait()
# says: waits in barrier.wait() until all parties have come
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

def meet(barrier):
    barrier.wait()

def main():
    spawn = multiprocessing.get_context("spawn")
    setup = {"initializer": meet, "initargs": (spawn.Barrier(3),), "mp_context": spawn}
    with ProcessPoolExecutor(max_workers=2, **setup) as executor:
        print(list(executor.map(abs, [-1, -2])))

if __name__ == "__main__":
    main()
