"""A ticket office: ten customers, in line and in one event loop.

Run it with `mp-demo show async --python | python3 -`. It needs no start
method: all of it is one process with one thread.
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
    # The mistake: this `sleep` knows nothing of the loop, and no other
    # customer gets on while it lasts.
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
    # The customer with the longest delay blocks the loop. Those before it get
    # their tickets only afterwards; those behind it cannot even ask before.
    slowest = DELAYS.index(max(DELAYS))
    blocked = all_at_once(blocker=slowest)
    measure("event loop, blocked", lambda: asyncio.run(blocked))


if __name__ == "__main__":
    main()
