"""A pipe: a child sends a list to its parent.

Run it with `mp-demo show pipe --python | python3 - fork`. Under spawn and
forkserver a child imports the program, so it has to be in a file:
`mp-demo show pipe --python > program.py && python3 program.py spawn`.
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
    # Flushed at once: otherwise, through a pipe or into a file, a line would
    # appear only later, when a child starts or the process exits.
    print(f"Parent process {os.getpid()}", flush=True)
    parents_end, childs_end = multiprocessing.Pipe()
    writer = multiprocessing.Process(target=write, args=(childs_end,))
    writer.start()
    # The child has its own copy. Without this, a second recv() would wait for
    # ever instead of raising EOFError.
    childs_end.close()
    # Joining first works for a short list only. With one that does not fit
    # into the pipe, the child would wait in send() and the parent in join(),
    # a deadlock: receive first, then join.
    writer.join()
    print(parents_end.recv(), flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        multiprocessing.set_start_method(sys.argv[1])
    main()
