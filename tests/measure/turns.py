#!/usr/bin/env python3
"""Two builds of mp-demo against each other, in turns: what a child and a value cost.

    git worktree add ../before COMMIT && (cd ../before && cargo build --release)
    cargo build --release
    tests/measure/turns.py ../before/target/*/release/mp-demo target/*/release/mp-demo [ROUNDS]

For each figure the median of all rounds (11) and half of their interquartile range. The first
figures are counted, so a busy machine doesn't change them; the others are times as multiples of the
limit below them (`mp-demo cost`), and want a quiet one. Instructions need valgrind.
"""

import json
import os
import re
import shutil
import statistics
import subprocess
import sys

CHILD = ["child", "cost-nothing", "--role", "child", "--epoch", "1", "--seed", "2738163"]
ROWS = {
    "process": "start and join a process",
    "queue": "a value through a queue",
    "round_trip": "a value there and back over a pipe",
    "mebibyte": "1 MiB over a pipe",
}


def run(*words, **more):
    # Nothing of the environment, which the start of a process reads; and no python3 to be found, so
    # that all the time is spent on the two builds.
    return subprocess.run(words, env={"PATH": ""}, check=True, capture_output=True, text=True, **more)


def instructions(program):
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        return {}
    counted = run(valgrind, "--tool=callgrind", "--callgrind-out-file=/dev/null", program, *CHILD)
    refs = re.search(r"refs:\s+([\d,]+)", counted.stderr)[1]
    return {"instructions of a child": int(refs.replace(",", ""))}


def page_faults(program):
    pid = os.posix_spawn(program, [program, *CHILD], {})
    _, status, usage = os.wait4(pid, 0)
    assert status == 0, status
    return {"page faults of a child": usage.ru_minflt}


def ratios(program):
    log = run(program, "cost", "--quick", "--json").stdout
    events = [json.loads(line) for line in log.splitlines()]
    rows = [event for event in events if event["event"] == "measured"]
    return {ROWS[row["row"]]: row["limit_ratio"] for row in rows if row["row"] in ROWS}


def main(before, after, rounds="11"):
    programs = [os.path.abspath(before), os.path.abspath(after)]
    rounds = [[], []], int(rounds)
    for number in range(rounds[1]):
        # Now the one goes first, now the other.
        for side in (0, 1) if number % 2 == 0 else (1, 0):
            program = programs[side]
            rounds[0][side].append({**instructions(program), **page_faults(program), **ratios(program)})
        print(f"\r{number + 1} of {rounds[1]}", end="", file=sys.stderr)
    print(file=sys.stderr)
    for name in rounds[0][0][0]:
        line = f"{name:36}"
        for side in rounds[0]:
            values = [figures[name] for figures in side]
            quarters = statistics.quantiles(values, n=4) if len(values) > 1 else [0, 0, 0]
            middle, spread = statistics.median(values), (quarters[2] - quarters[0]) / 2
            digits = 0 if middle > 10 else 2
            line += f"{middle:>12,.{digits}f} ±{spread:<8,.{digits}f}"
        print(line)


main(*sys.argv[1:])
