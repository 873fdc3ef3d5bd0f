"""计算密集型与 IO 密集型任务：增加工作进程或线程有多少收益。

运行：`mp-demo show bound --python | python3 - fork`
使用 spawn 和 forkserver 时，子进程要导入程序，所以程序必须存成文件：
`mp-demo show bound --python > program.py && python3 program.py spawn`
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
    """求出要检查多少个数，CPU 才会忙碌一个 IO 任务那么久。"""
    numbers = 50
    while True:
        start = time.process_time()
        count_primes(numbers)
        seconds = time.process_time() - start
        if seconds > SECONDS / 4:
            return int(numbers * SECONDS / seconds)
        numbers *= 2


def answer(connection):
    # 代表另一台机器：答复要花时间，但这段时间不占用本机的 CPU。
    while connection.recv() is not None:
        time.sleep(SECONDS)
        connection.send(b"an answer")


def work(tasks, results, connection):
    # 进程和线程运行的是同一个函数，区别只在于由谁来运行。
    results.put("ready")
    while True:
        numbers = tasks.get()
        if numbers is None:
            break
        if connection is None:
            # 线程在这里需要 GIL。各个线程只能轮流持有，所以没有收益。
            results.put(count_primes(numbers))
        else:
            connection.send(numbers)
            # 这里已经释放了 GIL，正在等待，其他线程可以运行。
            connection.recv()
            results.put(numbers)
    if connection is not None:
        connection.send(None)


def measure(worker_class, kind, workers, numbers):
    if worker_class is threading.Thread:
        tasks, results = queue.SimpleQueue(), queue.SimpleQueue()
    else:
        # multiprocessing.Queue 会在本进程里启动一个线程，而有多个线程的进程不
        # 应该 fork。
        tasks = multiprocessing.SimpleQueue()
        results = multiprocessing.SimpleQueue()
    # 先启动所有进程，再启动线程，原因同上。
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
    # 启动进程要花一段时间，用 spawn 时比一个任务还久。这段时间不应该计入。
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
