"""A queue: one process puts three values into it, another gets them out.

Run it with `mp-demo show queue --python | python3 - fork`. Under spawn and
forkserver a child imports the program, so it has to be in a file:
`mp-demo show queue --python > program.py && python3 program.py spawn`.
Don't name the file queue.py: that would hide Python's own module `queue`,
which multiprocessing imports, from every program in the folder.
`--take 3` loses values, `--stop none` hangs, `--kill --stop sentinel` too.
"""

import argparse
import multiprocessing
import os
import random
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


def read(queue, take, leaves_when_empty):
    say(f"Process to read: {os.getpid()}")
    while True:
        # get() holds the queue's read lock while it waits. Terminated here,
        # this process never releases it.
        value = queue.get()
        if value is None:
            return
        say(f"Get {value} from queue.")
        time.sleep(take)
        # Empty right now. A moment later it may not be.
        if leaves_when_empty and queue.empty():
            return


def main(options):
    say(f"Parent process {os.getpid()}")
    queue = multiprocessing.Queue()
    writer = multiprocessing.Process(target=write, args=(queue,))
    args = (queue, options.take, options.stop == "empty")
    readers = [
        multiprocessing.Process(target=read, args=args)
        for _ in range(options.readers + options.kill)
    ]
    if options.kill:
        victim = readers.pop()
        victim.start()
        time.sleep(1)
        # While it waits: it has the read lock, which is never released now.
        victim.kill()
        victim.join()
    writer.start()
    for reader in readers:
        reader.start()
    writer.join()
    # The sentinels: one for each reader that is left.
    if options.stop == "sentinel":
        for _ in readers[: options.sentinels]:
            queue.put(None)
    if options.stop == "terminate":
        # The writer is done. The reader may not have got everything, and
        # nothing here makes sure that it has.
        for reader in readers:
            reader.terminate()
    # Without this the reader stays a zombie (not under forkserver) until the
    # parent exits or starts a process. Only now is its exitcode known: -15.
    for reader in readers:
        reader.join()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("method", nargs="?")
    parser.add_argument("--readers", type=int, default=1)
    parser.add_argument("--take", type=float, default=0)
    stops = ["terminate", "sentinel", "empty", "none"]
    parser.add_argument("--stop", default="terminate", choices=stops)
    parser.add_argument("--sentinels", type=int)
    parser.add_argument("--kill", action="store_true")
    options = parser.parse_args()
    if options.method:
        multiprocessing.set_start_method(options.method)
    main(options)
