"""售票处：十位顾客，先排队，再用一个事件循环。

运行：`mp-demo show async --python | python3 -`
不需要启动方法：全程只有一个进程、一个线程。
"""

import asyncio
import time

# 售票处为每位顾客花的时间，以秒为单位。
DELAYS = [0.12, 0.05, 0.2, 0.08, 0.03, 0.15, 0.1, 0.18, 0.06, 0.09]


def in_line():
    for delay in DELAYS:
        time.sleep(delay)


async def customer(delay):
    # 出票之前，线程可以去服务其他顾客。
    await asyncio.sleep(delay)


async def rude_customer(delay):
    # 错误在这里：这个 `sleep` 不知道事件循环的存在，睡眠期间其他顾客只能等
    # 着。
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
    # 延迟最长的顾客会阻塞事件循环。排在前面的顾客要等阻塞结束才拿到票，排在后
    # 面的顾客在此之前连票都没法要。
    slowest = DELAYS.index(max(DELAYS))
    blocked = all_at_once(blocker=slowest)
    measure("event loop, blocked", lambda: asyncio.run(blocked))


if __name__ == "__main__":
    main()
