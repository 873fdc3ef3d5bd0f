"""A queue: one process puts three values into it, another gets them out.

Run it with `python3 program.py`, or name a start method:
`python3 program.py spawn`.
"""

import multiprocessing
import os
import random
import sys
import time


def say(text):
    # Flushed at once: into a pipe or a file, Python collects lines and writes
    # them at exit, and a process that is terminated never comes to its exit.
    # Without the flush the reader's lines show on a terminal only.
    print(text, flush=True)


def write(queue):
    say(f"Process to write: {os.getpid()}")
    for value in ["A", "B", "C"]:
        say(f"Put {value} to queue...")
        # Hands the value to a thread of this process, which sends it: it may
        # not be in the queue yet.
        queue.put(value)
        time.sleep(random.random())


def read(queue):
    say(f"Process to read: {os.getpid()}")
    while True:
        # Holds the queue's lock while it waits. Terminated here, it never
        # gives the lock back.
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
    # The writer is done. Whether the reader has got everything, nobody has
    # asked.
    reader.terminate()
    # Without this the reader stays a zombie, and nobody sees its exitcode,
    # -15.
    reader.join()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        multiprocessing.set_start_method(sys.argv[1])
    main()
