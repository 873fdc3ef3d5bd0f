# The executor's only thread does a task that waits for another task of the same executor.
# edge: P thread P
# repair: task_waits_for_its_pool
# line: P nested_threads.py:15 in <module>: print(executor.submit(outer, executor).result())
# line: P nested_threads.py:12 in outer: return executor.submit(inner).result() + 1
from concurrent.futures import ThreadPoolExecutor

def inner():
    return 1

def outer(executor):
    return executor.submit(inner).result() + 1

with ThreadPoolExecutor(max_workers=1) as executor:
    print(executor.submit(outer, executor).result())
