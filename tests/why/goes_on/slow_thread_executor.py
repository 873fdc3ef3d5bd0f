# because: a task in a thread sleeps
import concurrent.futures
import sys
import time

with concurrent.futures.ThreadPoolExecutor(2) as executor:
    future = executor.submit(time.sleep, 1000)
    print("ready", file=sys.stderr, flush=True)
    future.result()
