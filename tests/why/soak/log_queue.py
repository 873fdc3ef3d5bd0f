# The listener that gets the log's records from the queue is started after the worker has been joined.
# also: spawn forkserver
# edge: P end P.1
# edge: P.1 room P,P.1
# shape: circle P P.1
# repair: get_before_join
# line: P log_queue.py:23 in <module>: worker.join()
# line: P.1 -
# line: P.1 -
import logging
import logging.handlers
import multiprocessing

def work(queue):
    logging.getLogger().addHandler(logging.handlers.QueueHandler(queue))
    logging.warning("x" * 300_000)

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    queue = multiprocessing.Queue()
    worker = multiprocessing.Process(target=work, args=(queue,))
    worker.start()
    worker.join()
    listener = logging.handlers.QueueListener(queue, logging.StreamHandler())
    listener.start()
    listener.stop()
