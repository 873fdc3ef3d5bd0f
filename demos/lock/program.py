"""A lock: two processes count up one shared counter, with and without.

Run it with `mp-demo show lock --python > program.py && python3 program.py`.
Add a start method and what is to happen, `python3 program.py spawn lock`:
`none` (as it is without), `lock`, or `kill`, which hangs: end it with Ctrl-C.
"""

import contextlib
import multiprocessing
import os
import sys
import time

TURNS = 1000


def say(line):
    print(line, flush=True)


def count(counter, gate, has_lock):
    # Value has a lock, but `counter.value += 1` is a read and a write, each
    # of which takes it for itself. For both together one has to ask for it.
    lock = counter.get_lock() if has_lock else contextlib.nullcontext()
    gate.wait()
    say(f"Child process {os.getpid()}: counter += 1, {TURNS} times")
    for _ in range(TURNS):
        with lock:
            value = counter.value
            os.sched_yield()
            counter.value = value + 1


def hold(counter, has_it):
    counter.get_lock().acquire()
    has_it.set()
    time.sleep(3600)


def main(how):
    say(f"Parent process {os.getpid()}")
    counter, gate = multiprocessing.Value("Q", 0), multiprocessing.Barrier(2)
    if how == "kill":
        has_it = multiprocessing.Event()
        holder = multiprocessing.Process(target=hold, args=(counter, has_it))
        holder.start()
        has_it.wait()
        # The lock doesn't notice: it stays taken, and is never released.
        holder.kill()
        holder.join()
    args = (counter, gate, how != "none")
    children = [
        multiprocessing.Process(target=count, args=args) for _ in range(2)
    ]
    for child in children:
        child.start()
    for child in children:
        child.join()
    # No lock here: all others have ended.
    total = f"counter = {counter.value} of {2 * TURNS}"
    say(f"Parent process {os.getpid()}: {total}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        multiprocessing.set_start_method(sys.argv[1])
    main(sys.argv[2] if len(sys.argv) > 2 else "none")
