"""进程：启动五个子进程，每个子进程再启动五个线程。

运行：`mp-demo show spawn --python | python3 - fork`
使用 spawn 和 forkserver 时，子进程要导入程序，所以程序必须存成文件：
`mp-demo show spawn --python > program.py && python3 program.py spawn`
加上 `--sleep 2,2,2,2,0.5`，最后一个子进程会最先结束。
"""

import argparse
import multiprocessing
import os
import threading
import time

CHILDREN = 5
THREADS = 5


def say(text):
    # 没有缓冲区时（`python3 -u`），print() 分两次写出正文和换行符，其他线程可
    # 能在两次之间插进来。自带换行符的字符串一次写完，不会被拆散。
    print(f"{text}\n", end="", flush=True)


def in_thread():
    say("这是多线程启动的")


def child(seconds):
    # 每个进程的第一个线程都叫 MainThread：光看这个名字，分不出是哪个进程。
    name = threading.current_thread().name
    say(f"thread {name} is running...")
    time.sleep(seconds)
    for i in range(THREADS):
        say(f"thread {name} >>> {i}")
        threading.Thread(target=in_thread).start()
    # 这些线程还没有被 join。Python 在进程退出时会 join 这些线程，所以线程的输
    # 出可能排在这一行之后。
    say(f"thread {name} ended.")


def main(sleep):
    say(f"Parent process {os.getpid()}")
    for i in range(CHILDREN):
        seconds = sleep[min(i, len(sleep) - 1)]
        process = multiprocessing.Process(target=child, args=(seconds,))
        say("Child process will start.")
        process.start()
    # 此时 `process` 是最后一个子进程，所以这里只等这一个。其余的子进程，
    # Python 会在退出时等待。
    process.join()
    say("Child process end.")


# 使用 spawn 和 forkserver 时，子进程会导入本文件：没有这一行，子进程又会启动
# 自己的子进程。
if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("method", nargs="?")
    # 用逗号隔开的列表：第 i 个子进程用第 i 个数，其余的用最后一个。
    parser.add_argument("--sleep", default="2")
    options = parser.parse_args()
    if options.method:
        multiprocessing.set_start_method(options.method)
    main([float(seconds) for seconds in options.sleep.split(",")])
