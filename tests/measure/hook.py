#!/usr/bin/env python3
"""What `mp-demo run` costs a Python program: with it and without it, in turns.

    cargo build --release
    tests/measure/hook.py target/*/release/mp-demo [ROUNDS [PYTHON]]

The median of all rounds (11). It wants a quiet machine. The program measures itself, so the start
of mp-demo doesn't count.
"""

import os
import statistics
import subprocess
import sys
import tempfile

PROGRAM = """
import multiprocessing, subprocess, sys, time

def put_all(q, n):
    for i in range(n):
        q.put(i)

def echo(conn, n):
    for _ in range(n):
        conn.send(conn.recv())

def nothing():
    pass

def micros(what, n):
    start = time.monotonic()
    what()
    return (time.monotonic() - start) / n * 1e6

def start_of(code):
    command = [sys.executable, "-c", code]
    subprocess.run(command)
    return micros(lambda: [subprocess.run(command) for _ in range(10)], 10)

def queue(n):
    q = multiprocessing.Queue()
    process = multiprocessing.Process(target=put_all, args=(q, n))
    process.start()
    q.get()
    took = micros(lambda: [q.get() for _ in range(n - 1)], n - 1)
    process.join()
    return took

def pipe(n):
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=echo, args=(theirs, n))
    process.start()
    def turn():
        ours.send(1)
        ours.recv()
    turn()
    took = micros(lambda: [turn() for _ in range(n - 1)], n - 1)
    process.join()
    return took

def lock(n):
    lock = multiprocessing.Lock()
    def turn():
        lock.acquire()
        lock.release()
    return micros(lambda: [turn() for _ in range(n)], n)

def start_and_join(n):
    def turn():
        process = multiprocessing.Process(target=nothing)
        process.start()
        process.join()
    return micros(lambda: [turn() for _ in range(n)], n)

if __name__ == "__main__":
    print("start of a Python", start_of("pass"))
    modules = "import multiprocessing.pool, multiprocessing.synchronize"
    print("start of a Python with multiprocessing", start_of(modules))
    print("start and join a process (fork)", start_and_join(50))
    print("a value through a Queue", queue(3000))
    print("there and back over a Pipe", pipe(3000))
    print("acquire and release a Lock", lock(20000))
"""


def figures(command):
    # PYTHONUNBUFFERED would change what is measured.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    out = subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout
    rows = [line.rsplit(" ", 1) for line in out.splitlines()]
    return {name: float(micros) for name, micros in rows}


def main(mp_demo, rounds="11", python=sys.executable):
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "program.py")
        with open(program, "w") as file:
            file.write(PROGRAM)
        plain, hooked = [], []
        for _ in range(int(rounds)):
            plain.append(figures([python, program]))
            hooked.append(figures([os.path.abspath(mp_demo), "run", "--", python, program]))
    print(f"{'us, median of ' + rounds + ' rounds':<40}     plain       run  ratio     more")
    for name in plain[0]:
        before, now = (statistics.median(it[name] for it in turns) for turns in (plain, hooked))
        print(f"{name:<40} {before:>9.1f} {now:>9.1f} {now / before:>6.2f} {now - before:>8.1f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
