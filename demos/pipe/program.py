"""A pipe: a child sends a list to its parent.

Run it with `python3 program.py`, or name a start method:
`python3 program.py spawn`.
"""

import multiprocessing
import os
import random
import sys
import time


def write(connection):
    print(f"Process to write: {os.getpid()}", flush=True)
    connection.send(["A", "B", "C"])
    time.sleep(random.random())


def main():
    # Flushed at once: a forked child gets a copy of what is still in the
    # buffer, and would print it again.
    print(f"Parent process {os.getpid()}", flush=True)
    parents_end, childs_end = multiprocessing.Pipe()
    writer = multiprocessing.Process(target=write, args=(childs_end,))
    writer.start()
    # The child has its own copy. Without this, a second recv() would wait for
    # ever instead of raising EOFError.
    childs_end.close()
    # Joining first works for a short list. One that fills the pipe would keep
    # the child in send(), and so the parent in join(), for ever: then receive
    # first.
    writer.join()
    print(parents_end.recv(), flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        multiprocessing.set_start_method(sys.argv[1])
    main()
