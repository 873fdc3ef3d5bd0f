# A child waits for a queue for threads that it has made itself: nobody else could ever know it.
# edge: P end P.1
# edge: P.1 thread P.1
# repair: who_puts
# line: P queue_made_in_child.py:23 in <module>: worker.join()
# line: P.1 queue_made_in_child.py:16 in run: while self.inbox.get() is not None:
import multiprocessing
import queue

class Worker(multiprocessing.Process):
    def prepare(self):
        self.inbox = queue.Queue()

    def run(self):
        self.prepare()
        while self.inbox.get() is not None:
            pass

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    worker = Worker()
    worker.start()
    worker.join()
