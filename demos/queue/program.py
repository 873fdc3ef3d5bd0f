"""A queue: one process puts three values into it, another gets them out.

Run it with `mp-demo show queue --python | python3 - fork`. Under spawn and
forkserver a child imports the program, so it has to be in a file:
`mp-demo show queue --python > program.py && python3 program.py spawn`.
"""

import multiprocessing
import os
import random
import sys
import time


def say(text):
    # Flushed at once: into a pipe or a file, Python collects lines and writes
    # them at exit, and a process that is terminated never reaches its exit.
    # Without the flush the reader's lines would appear on a terminal only.
    print(text, flush=True)


def write(queue):
    say(f"Process to write: {os.getpid()}")
    for value in ["A", "B", "C"]:
        say(f"Put {value} to queue...")
        # This hands the value to a thread of this process, which pickles and
        # sends it. After this, the value may not be in the pipe yet.
        queue.put(value)
        time.sleep(random.random())


def read(queue):
    say(f"Process to read: {os.getpid()}")
    while True:
        # get() holds the queue's read lock while it waits. Terminated here,
        # this process never releases it.
        value = queue.get()
        say(f"Get {value} from queue.")


def main():
    say(f"Parent process {os.getpid()}")
    queue = multiprocessing.Queue()
    writer = multiprocessing.Process(target=write, args=(queue,))
    reader = multiprocessing.Process(target=read, args=(queue,))
    writer.start()
    reader.start()
    writer.join()
    # The writer is done. The reader may not have got everything, and nothing
    # here makes sure that it has.
    reader.terminate()
    # Without this the reader would stay a zombie until the parent exits or
    # starts another process. Only now is its exitcode known: -15.
    reader.join()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        multiprocessing.set_start_method(sys.argv[1])
    main()
