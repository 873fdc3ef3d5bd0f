"""Memory: a child counts, and the parent's counter stays what it was.

Run it with `python3 program.py`, or name a start method:
`python3 program.py fork`. Compare the child's first value and the addresses
under fork (a copy of the parent) and under spawn (begun anew).
"""

import ctypes
import multiprocessing
import os
import sys

# A C variable, because its address stays the same when its value changes; a
# Python name points to another number.
counter = ctypes.c_long(0)


def tell(who):
    pid, value = os.getpid(), counter.value
    address = hex(ctypes.addressof(counter))
    line = f"{who} process {pid}: counter = {value} at {address}"
    print(line, flush=True)


def count(connection):
    tell("Child")
    counter.value += 5
    tell("Child")
    print(f"Child process {os.getpid()} sends {counter.value}", flush=True)
    connection.send(counter.value)


def main():
    counter.value = 10
    tell("Parent")
    parents_end, childs_end = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.Process(target=count, args=(childs_end,))
    child.start()
    child.join()
    # The child has counted. This counter has not.
    tell("Parent")
    counter.value = parents_end.recv()
    pid = os.getpid()
    print(f"Parent process {pid} receives {counter.value}", flush=True)
    tell("Parent")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        multiprocessing.set_start_method(sys.argv[1])
    main()
