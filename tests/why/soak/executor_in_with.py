# The end of `with` waits for the task, which waits for what is set behind it.
# edge: P thread P
# repair: who_sets
# line: P executor_in_with.py:15 in <module>: with ThreadPoolExecutor() as executor: executor.submit(task)
# line: P executor_in_with.py:13 in task: begin.wait()
# says: waits in begin.wait() until the event is set
import threading
from concurrent.futures import ThreadPoolExecutor

begin = threading.Event()

def task():
    begin.wait()

with ThreadPoolExecutor() as executor: executor.submit(task)
begin.set()
