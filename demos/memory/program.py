"""Memory: a child counts, and the parent's counter stays what it was.

Run it with `mp-demo show memory --python | python3 - fork`. Under spawn and
forkserver a child imports the program, so it has to be in a file:
`mp-demo show memory --python > program.py && python3 program.py spawn`.

Compare the child's first value and the addresses under fork (the child is a
copy of its parent) and under spawn (it begins anew).
"""

import ctypes
import multiprocessing
import os
import sys

# A C variable keeps its address when its value changes. A Python name would
# then refer to another object, at another address.
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
    # The child's counter has changed. This one has not.
    tell("Parent")
    counter.value = parents_end.recv()
    pid = os.getpid()
    print(f"Parent process {pid} receives {counter.value}", flush=True)
    tell("Parent")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        multiprocessing.set_start_method(sys.argv[1])
    main()
