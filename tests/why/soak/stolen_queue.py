# A thread waits at a queue that is replaced; the value is put into the new one.
# edge: P thread P
# repair: who_puts
# line: P stolen_queue.py:25 in <module>: worker.join()
# line: P stolen_queue.py:18 in run: print(mine.get())
# says: waits in mine.get() for a value
import queue
import threading

class Worker(threading.Thread):
    def __init__(self):
        super().__init__()
        self.queue, self.ready = queue.Queue(), threading.Event()

    def run(self):
        mine = self.queue
        self.ready.set()
        print(mine.get())

worker = Worker()
worker.start()
worker.ready.wait()
worker.queue = queue.Queue()
worker.queue.put("A")
worker.join()
