"""管道：子进程把一个列表发给父进程。

运行：`mp-demo show pipe --python | python3 - fork`
使用 spawn 和 forkserver 时，子进程要导入程序，所以程序必须存成文件：
`mp-demo show pipe --python > program.py && python3 program.py spawn`
"""

import multiprocessing
import os
import random
import sys
import time


def write(connection):
    print(f"Process to write: {os.getpid()}", flush=True)
    connection.send(["A", "B", "C"])
    time.sleep(random.random())


def main():
    # 立即刷新：否则输出到管道或文件时，要等到启动子进程或者进程退出，这一行才
    # 会出现。
    print(f"Parent process {os.getpid()}", flush=True)
    parents_end, childs_end = multiprocessing.Pipe()
    writer = multiprocessing.Process(target=write, args=(childs_end,))
    writer.start()
    # 子进程有自己的副本。没有这一行，第二次调用 recv() 会永远等下去，而不会抛
    # 出 EOFError。
    childs_end.close()
    # 先 join 只对短列表可行。如果列表超出管道的容量，子进程就在 send() 里等
    # 待，父进程在 join() 里等待，形成死锁。应该先接收，再 join。
    writer.join()
    print(parents_end.recv(), flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        multiprocessing.set_start_method(sys.argv[1])
    main()
