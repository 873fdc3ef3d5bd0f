# Three threads get from a queue into which nobody puts any more, and the main thread joins them. There is no lock.
# edge: P thread P
# repair: one_order
import queue
import threading

values = queue.Queue()
threads = [threading.Thread(target=values.get) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
