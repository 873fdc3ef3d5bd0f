"""A buffer: what a process has printed may still be in its own memory.

Run it with `mp-demo show buffer --python > program.py && python3 program.py`.
Add a start method and what is to happen, `python3 program.py spawn exit`:
`terminate` (as it is without), `exit`, or `flush`.
"""

import multiprocessing
import os
import sys


def say(line):
    print(line, flush=True)


def printer(connection, has_printed, queue, how):
    # Like sys.stdout of a program whose output goes into a pipe or a file:
    # with a buffer, because it is no terminal.
    with open(connection.fileno(), "w", closefd=False) as out:
        for word in "ABC":
            print(word, file=out, flush=how == "flush")
            say(f"Child process {os.getpid()} prints {word}")
        has_printed.set()
        queue.get()
    # Here `out` is closed, and with that flushed. SIGTERM ends the process
    # before it comes here.


def main(how):
    say(f"Parent process {os.getpid()}")
    parents_end, childs_end = multiprocessing.Pipe(duplex=False)
    has_printed, queue = multiprocessing.Event(), multiprocessing.Queue()
    args = (childs_end, has_printed, queue, how)
    child = multiprocessing.Process(target=printer, args=args)
    child.start()
    childs_end.close()

    # Nothing is printed too late: all calls of print() have returned.
    has_printed.wait()
    if how == "exit":
        queue.put("go")
    else:
        child.terminate()
    child.join()

    with open(parents_end.fileno(), closefd=False) as output:
        lines = output.read().splitlines()
    for line in lines or ["nothing"]:
        say(f"Parent process {os.getpid()} reads {line}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        multiprocessing.set_start_method(sys.argv[1])
    main(sys.argv[2] if len(sys.argv) > 2 else "terminate")
