"""What processes, threads, queues and pipes cost in CPython.

Run it with `mp-demo show cost --python > program.py && python3 program.py`:
a spawned process imports it, so it has to be in a file. It prints the time
that one of each takes. With `--turns` it reads names of rows from standard
input, one line of JSON each, and answers each with seconds: so mp-demo can
measure it in turns with other programs.
"""

import json
import multiprocessing
import os
import platform
import sys
import threading
import time

SMALL = 123456
MEBIBYTE = "x" * (1 << 20)

fork = multiprocessing.get_context("fork")
spawn = multiprocessing.get_context("spawn")


def start_and_join(make, count):
    start = time.perf_counter()
    for _ in range(count):
        started = make()
        started.start()
        started.join()
    return (time.perf_counter() - start) / count


# The target is a function of a module, because a spawned process imports what
# it calls.
def process():
    return start_and_join(lambda: fork.Process(target=os.getpid), 20)


def process_spawn():
    return start_and_join(lambda: spawn.Process(target=os.getpid), 1)


def thread():
    return start_and_join(lambda: threading.Thread(target=os.getpid), 300)


def put_all(queue, count):
    for _ in range(count):
        queue.put(SMALL)


def queue():
    count = 20000
    values = fork.Queue()
    start = time.perf_counter()
    writer = fork.Process(target=put_all, args=(values, count))
    writer.start()
    for _ in range(count):
        values.get()
    writer.join()
    return (time.perf_counter() - start) / count


def send_back(connection, count):
    for _ in range(count):
        connection.send(connection.recv())


def round_trip():
    count = 2000
    here, there = fork.Pipe()
    echo = fork.Process(target=send_back, args=(there, count))
    echo.start()
    # Only the child has this end now: if it died, recv() would see the end.
    there.close()
    start = time.perf_counter()
    for _ in range(count):
        here.send(SMALL)
        here.recv()
    seconds = (time.perf_counter() - start) / count
    echo.join()
    return seconds


def send_all(connection, count):
    for _ in range(count):
        connection.send(MEBIBYTE)


def mebibyte():
    count = 20
    here, there = fork.Pipe(duplex=False)
    start = time.perf_counter()
    sender = fork.Process(target=send_all, args=(there, count))
    sender.start()
    there.close()
    for _ in range(count):
        here.recv()
    sender.join()
    return (time.perf_counter() - start) / count


# There are faster ways. This one is the same in every language, and keeps a
# processor busy.
def primes_below(limit):
    count = 0
    for n in range(2, limit):
        d = 2
        while d * d <= n and n % d:
            d += 1
        count += d * d > n
    return count


def compute():
    start = time.perf_counter()
    assert primes_below(20000) == 2262
    return time.perf_counter() - start


ROWS = {
    row.__name__: row
    for row in [
        process,
        process_spawn,
        thread,
        queue,
        round_trip,
        mebibyte,
        compute,
    ]
}


def answer(value):
    print(json.dumps(value), flush=True)


def main():
    if "--turns" in sys.argv:
        answer(platform.python_version())
        for line in sys.stdin:
            answer(ROWS[json.loads(line)]())
        return
    for name, row in ROWS.items():
        median = sorted(row() for _ in range(5))[2]
        print(f"{name:14} {median * 1e6:12.2f} us", flush=True)


if __name__ == "__main__":
    main()
