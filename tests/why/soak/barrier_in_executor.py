# Three tasks meet at a barrier, and the executor has two threads.
# edge: P thread P
# repair: barrier_party_missing
# line: P barrier_in_executor.py:17 in <module>: print(list(executor.map(come, range(3))))
# line: P barrier_in_executor.py:14 in come: return barrier.wait()
# line: P barrier_in_executor.py:14 in come: return barrier.wait()
# says: waits in barrier.wait() until all parties have come
import threading
from concurrent.futures import ThreadPoolExecutor

barrier = threading.Barrier(3)

def come(number):
    return barrier.wait()

with ThreadPoolExecutor(max_workers=2) as executor:
    print(list(executor.map(come, range(3))))
