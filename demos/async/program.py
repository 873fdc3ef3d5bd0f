"""A ticket office: ten customers, in line and in one event loop.

Run it with `python3 program.py`. It needs no start method: all of it is one
process with one thread.
"""

import asyncio
import time

# How long the office needs for each customer, in seconds.
DELAYS = [0.12, 0.05, 0.2, 0.08, 0.03, 0.15, 0.1, 0.18, 0.06, 0.09]


def in_line():
    for delay in DELAYS:
        time.sleep(delay)


async def customer(delay):
    # The thread is free for the other customers until the ticket is ready.
    await asyncio.sleep(delay)


async def rude_customer(delay):
    # The mistake: this `sleep` does not know of the loop, and nobody else
    # gets on while it lasts.
    time.sleep(delay)


async def all_at_once(blocker=None):
    tasks = []
    for number, delay in enumerate(DELAYS):
        come = rude_customer if number == blocker else customer
        tasks.append(come(delay))
    await asyncio.gather(*tasks)


def measure(name, serve):
    start = time.monotonic()
    serve()
    seconds = time.monotonic() - start
    print(f"{name:<19} {seconds:6.3f} s", flush=True)


def main():
    measure("one after another", in_line)
    measure("event loop", lambda: asyncio.run(all_at_once()))
    # The slowest customer blocks. Those who came earlier get their tickets
    # when it is over, and those behind it have not even asked until then.
    slowest = DELAYS.index(max(DELAYS))
    blocked = all_at_once(blocker=slowest)
    measure("event loop, blocked", lambda: asyncio.run(blocked))


if __name__ == "__main__":
    main()
