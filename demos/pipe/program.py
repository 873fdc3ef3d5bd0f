"""A pipe: a child sends a list to its parent.

Run it with `mp-demo show pipe --python | python3 - fork`. Under spawn and
forkserver a child imports the program, so it has to be in a file:
`mp-demo show pipe --python > program.py && python3 program.py spawn`.
`--simplex --bytes 65533` hangs, and so does `--receive all --keep-end`.
"""

import argparse
import multiprocessing
import os
import random
import time


def write(connection, count, reply):
    print(f"Process to write: {os.getpid()}", flush=True)
    # Python sends four bytes for the length and then the pickle. A one-way
    # pipe takes 65,536 bytes, a socket pair (net.core.wmem_default) 219,268.
    if count:
        connection.send_bytes(b"x" * count)
    else:
        connection.send(["A", "B", "C"])
    if reply:
        print(connection.recv(), flush=True)
    time.sleep(random.random())


def main(options):
    # Flushed at once: otherwise, through a pipe or into a file, a line would
    # appear only later, when a child starts or the process exits.
    print(f"Parent process {os.getpid()}", flush=True)
    parents_end, childs_end = multiprocessing.Pipe(not options.simplex)
    args = (childs_end, options.bytes, options.reply)
    writer = multiprocessing.Process(target=write, args=args)
    writer.start()
    # The child has its own copy. Without this, a second recv() would wait for
    # ever instead of raising EOFError.
    if not options.keep_end:
        childs_end.close()
    # Joining first works for a short list only. With one that does not fit
    # into the pipe, the child would wait in send() and the parent in join(),
    # a deadlock: receive first, then join.
    if options.join == "first":
        writer.join()
    receive = parents_end.recv_bytes if options.bytes else parents_end.recv
    received = receive()
    if options.reply:
        parents_end.send(received[::-1])
    try:
        # EOFError comes when no process has an end that could send.
        while options.receive == "all":
            receive()
    except EOFError:
        pass
    writer.join()
    print(len(received) if options.bytes else received, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("method", nargs="?")
    parser.add_argument("--bytes", type=int, default=0)
    parser.add_argument("--simplex", action="store_true")
    parser.add_argument("--reply", action="store_true")
    parser.add_argument("--join", default="first", choices=["first", "last"])
    parser.add_argument("--receive", default="one", choices=["one", "all"])
    parser.add_argument("--keep-end", action="store_true")
    options = parser.parse_args()
    if options.method:
        multiprocessing.set_start_method(options.method)
    main(options)
