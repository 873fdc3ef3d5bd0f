# because: the reader looks up every now and then
import multiprocessing
import queue as queues
import sys

queue = multiprocessing.Queue()
print("ready", file=sys.stderr, flush=True)
while True:
    try:
        queue.get(timeout=30)
    except queues.Empty:
        pass
