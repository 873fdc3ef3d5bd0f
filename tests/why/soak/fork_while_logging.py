# A thread is in the middle of a long line of the log when a child is forked; the child's first line waits for its stream.
# edge: P end P.1
# edge: P.1 thread P.1
# repair: no_fork_with_threads
# line: P fork_while_logging.py:27 in <module>: child.join()
# line: P.1 fork_while_logging.py:13 in work: logging.info("child")
import logging
import multiprocessing
import os
import threading

def work():
    logging.info("child")

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    reader, writer = os.pipe()
    lines = os.fdopen(reader, "rb")
    logging.basicConfig(stream=os.fdopen(writer, "w"), level=logging.INFO)
    thread = threading.Thread(target=logging.info, args=("x" * 1_000_000,))
    thread.start()
    lines.peek(1)
    child = multiprocessing.Process(target=work)
    child.start()
    lines.readline()
    thread.join()
    child.join()
