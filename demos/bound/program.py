"""Compute-bound and IO-bound tasks: what more workers gain.

Run it with `mp-demo show bound --python | python3 - fork`. Under spawn and
forkserver a child imports the program, so it has to be in a file:
`mp-demo show bound --python > program.py && python3 program.py spawn`.
"""

import multiprocessing
import queue
import sys
import threading
import time

TASKS = 8
WORKERS = [1, 2, 4]
SECONDS = 0.04


def count_primes(numbers):
    first = 100_000
    is_prime = (
        all(n % d for d in range(2, 1 + int(n ** 0.5)))
        for n in range(first, first + numbers)
    )
    return sum(is_prime)


def calibrate():
    """How many numbers keep a processor busy as long as an IO task waits."""
    numbers = 50
    while True:
        start = time.process_time()
        count_primes(numbers)
        seconds = time.process_time() - start
        if seconds > SECONDS / 4:
            return int(numbers * SECONDS / seconds)
        numbers *= 2


def answer(connection):
    # Stands for another machine: it takes its time, and meanwhile needs no
    # processor of this one.
    while connection.recv() is not None:
        time.sleep(SECONDS)
        connection.send(b"an answer")


def work(tasks, results, connection):
    # The same function for both: what runs it is a process or a thread.
    results.put("ready")
    while True:
        numbers = tasks.get()
        if numbers is None:
            break
        if connection is None:
            # A thread needs the GIL for this. The threads take turns with it,
            # and gain nothing.
            results.put(count_primes(numbers))
        else:
            connection.send(numbers)
            # Here it has released the GIL and waits: other threads may run.
            connection.recv()
            results.put(numbers)
    if connection is not None:
        connection.send(None)


def measure(worker_class, kind, workers, numbers):
    if worker_class is threading.Thread:
        tasks, results = queue.SimpleQueue(), queue.SimpleQueue()
    else:
        # multiprocessing.Queue would start a thread in this process, and a
        # process that has threads should not fork.
        tasks = multiprocessing.SimpleQueue()
        results = multiprocessing.SimpleQueue()
    # All processes first, then the threads, for the same reason.
    answerers, connections = [], []
    for _ in range(workers):
        if kind == "io":
            connection, answerers_end = multiprocessing.Pipe()
            answerer = multiprocessing.Process(
                target=answer, args=(answerers_end,)
            )
            answerers.append(answerer)
            answerers[-1].start()
            answerers_end.close()
        else:
            connection = None
        connections.append(connection)
    started = [
        worker_class(target=work, args=(tasks, results, connection))
        for connection in connections
    ]
    for worker in started:
        worker.start()
    # Starting a process takes a while, under spawn longer than a task. That
    # is not to be measured.
    for _ in started:
        results.get()

    start = time.perf_counter()
    for _ in range(TASKS):
        tasks.put(numbers)
    answers = {results.get() for _ in range(TASKS)}
    seconds = time.perf_counter() - start
    assert len(answers) == 1, "tasks that are the same have different results"

    for _ in started:
        tasks.put(None)
    for process in started + answerers:
        process.join()
    for connection in filter(None, connections):
        connection.close()
    return seconds


def main():
    is_gil_enabled = getattr(sys, "_is_gil_enabled", lambda: True)
    version = ".".join(map(str, sys.version_info[:2]))
    gil = "on" if is_gil_enabled() else "off"
    print(f"Python {version}, the GIL is {gil}", flush=True)
    numbers = calibrate()
    for kind in ["compute", "io"]:
        print(f"{kind:<9}workers    wall  speed-up", flush=True)
        for name, worker_class in [
            ("processes", multiprocessing.Process),
            ("threads", threading.Thread),
        ]:
            first = None
            for workers in WORKERS:
                seconds = measure(worker_class, kind, workers, numbers)
                first = first or seconds
                row = f"{name:<9}{workers:>7}{seconds:>6.2f} s"
                print(f"{row}{first / seconds:>10.2f}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        multiprocessing.set_start_method(sys.argv[1])
    main()
