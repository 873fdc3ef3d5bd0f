# A task in a forked worker gives a task to its own executor, of which the worker has only a copy.
# edge: P.1 thread P.1
# repair: pool_is_a_copy
# line: P nested_processes.py:20 in <module>: print(executor.submit(outer).result())
# line: P -
# line: P -
# line: P.1 nested_processes.py:15 in outer: return executor.submit(inner).result() + 1
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

def inner():
    return 1

def outer():
    return executor.submit(inner).result() + 1

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    executor = ProcessPoolExecutor(max_workers=1)
    print(executor.submit(outer).result())
