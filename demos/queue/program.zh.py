"""队列：一个进程放入三个值，另一个进程取出。

运行：`mp-demo show queue --python | python3 - fork`
使用 spawn 和 forkserver 时，子进程要导入程序，所以程序必须存成文件：
`mp-demo show queue --python > program.py && python3 program.py spawn`
`--take 3` 会丢值，`--stop none` 会卡住，`--kill --stop sentinel` 也会。
"""

import argparse
import multiprocessing
import os
import random
import time


def say(text):
    # 立即刷新：输出到管道或文件时，Python 会把各行攒在缓冲区里，到退出时才写
    # 出，而被终止的进程走不到这一步。如果不刷新，读进程的输出只有在终端上才看
    # 得到。
    print(text, flush=True)


def write(queue):
    say(f"Process to write: {os.getpid()}")
    for value in ["A", "B", "C"]:
        say(f"Put {value} to queue...")
        # 把值交给本进程的一个后台线程，由这个线程序列化（pickle）并发送。
        # put() 返回时，值可能还没有进入管道。
        queue.put(value)
        time.sleep(random.random())


def read(queue, take, leaves_when_empty):
    say(f"Process to read: {os.getpid()}")
    while True:
        # get() 在等待时持有队列的读锁。在这时终止本进程，锁就永远不会释放。
        value = queue.get()
        if value is None:
            return
        say(f"Get {value} from queue.")
        time.sleep(take)
        # 只是此刻为空，下一刻就不一定了。
        if leaves_when_empty and queue.empty():
            return


def main(options):
    say(f"Parent process {os.getpid()}")
    queue = multiprocessing.Queue()
    writer = multiprocessing.Process(target=write, args=(queue,))
    args = (queue, options.take, options.stop == "empty")
    readers = [
        multiprocessing.Process(target=read, args=args)
        for _ in range(options.readers + options.kill)
    ]
    if options.kill:
        victim = readers.pop()
        victim.start()
        time.sleep(1)
        # 在等待时被杀死：读锁还在这个进程手里，再也没有进程会释放。
        victim.kill()
        victim.join()
    writer.start()
    for reader in readers:
        reader.start()
    writer.join()
    # 哨兵值：剩下的每个读进程一个。
    if options.stop == "sentinel":
        for _ in readers[: options.sentinels]:
            queue.put(None)
    if options.stop == "terminate":
        # 写进程已经结束，读进程却不一定取完了所有的值，这里也没有检查。
        for reader in readers:
            reader.terminate()
    # 没有这一行，读进程会一直是僵尸进程，直到父进程退出或者再启动别的进程。到
    # 这里才能得知读进程的 exitcode：-15。
    for reader in readers:
        reader.join()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("method", nargs="?")
    parser.add_argument("--readers", type=int, default=1)
    parser.add_argument("--take", type=float, default=0)
    stops = ["terminate", "sentinel", "empty", "none"]
    parser.add_argument("--stop", default="terminate", choices=stops)
    parser.add_argument("--sentinels", type=int)
    parser.add_argument("--kill", action="store_true")
    options = parser.parse_args()
    if options.method:
        multiprocessing.set_start_method(options.method)
    main(options)
