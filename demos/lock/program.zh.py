"""锁：两个进程数同一个共享的计数器，不加锁和加锁。

运行：`mp-demo show lock --python > program.py && python3 program.py`
后面可以加上启动方法和要做的事，例如 `python3 program.py spawn lock`：
`none`（默认）、`lock`，或者会卡住的 `kill`，要用 Ctrl-C 结束。
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
    # Value 自带一把锁，但 `counter.value += 1` 是一次读和一次写，各自拿一次
    # 锁。要让两步连在一起，得自己用这把锁。
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
        # 锁不会知道，仍然是被占用的状态，再也没有进程会释放。
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
    # 这里不用锁：其他进程都已结束。
    total = f"counter = {counter.value} of {2 * TURNS}"
    say(f"Parent process {os.getpid()}: {total}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        multiprocessing.set_start_method(sys.argv[1])
    main(sys.argv[2] if len(sys.argv) > 2 else "none")
