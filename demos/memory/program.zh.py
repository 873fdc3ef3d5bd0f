"""内存：子进程里计数，父进程的计数器不变。

运行：`mp-demo show memory --python | python3 - fork`
使用 spawn 和 forkserver 时，子进程要导入程序，所以程序必须存成文件：
`mp-demo show memory --python > program.py && python3 program.py spawn`

对比子进程的第一个值和地址：使用 fork 时，子进程是父进程的副本；使用 spawn
时，子进程重新开始。
"""

import ctypes
import multiprocessing
import os
import sys

# C 变量的值变了，地址也不变；Python 的变量名则会指向另一个对象，地址不同。
counter = ctypes.c_long(0)


def tell(who):
    pid, value = os.getpid(), counter.value
    address = hex(ctypes.addressof(counter))
    line = f"{who} process {pid}: counter = {value} at {address}"
    print(line, flush=True)


def count(connection):
    tell("Child")
    counter.value += 5
    tell("Child")
    print(f"Child process {os.getpid()} sends {counter.value}", flush=True)
    connection.send(counter.value)


def main():
    counter.value = 10
    tell("Parent")
    parents_end, childs_end = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.Process(target=count, args=(childs_end,))
    child.start()
    child.join()
    # 子进程的计数器变了，父进程的没有变。
    tell("Parent")
    counter.value = parents_end.recv()
    pid = os.getpid()
    print(f"Parent process {pid} receives {counter.value}", flush=True)
    tell("Parent")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        multiprocessing.set_start_method(sys.argv[1])
    main()
