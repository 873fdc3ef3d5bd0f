# Three threads get from a queue into which nobody puts any more, and the main thread joins them. There is no lock.
# edge: P thread P
# repair: who_puts
# line: P threads_without_sentinel.py:18 in <module>: thread.join()
# line: P -
# line: P -
# line: P -
# says: waits in thread.join() for a thread of its own to end
# says: 3 threads, each waits in get() for a value
import queue
import threading

values = queue.Queue()
threads = [threading.Thread(target=values.get) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
