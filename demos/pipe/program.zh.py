"""管道：子进程把一个列表发给父进程。

运行：`mp-demo show pipe --python | python3 - fork`
使用 spawn 和 forkserver 时，子进程要导入程序，所以程序必须存成文件：
`mp-demo show pipe --python > program.py && python3 program.py spawn`
`--simplex --bytes 65533` 会卡住，`--receive all --keep-end` 也会。
"""

import argparse
import multiprocessing
import os
import random
import time


def write(connection, count, reply):
    print(f"Process to write: {os.getpid()}", flush=True)
    # Python 先发送四个字节的长度，再发送 pickle 的结果。单向管道能装 65536 字
    # 节；双向管道是一对套接字，能装 219268 字节。
    if count:
        connection.send_bytes(b"x" * count)
    else:
        connection.send(["A", "B", "C"])
    if reply:
        print(connection.recv(), flush=True)
    time.sleep(random.random())


def main(options):
    # 立即刷新：否则输出到管道或文件时，要等到启动子进程或者进程退出，这一行才
    # 会出现。
    print(f"Parent process {os.getpid()}", flush=True)
    parents_end, childs_end = multiprocessing.Pipe(not options.simplex)
    args = (childs_end, options.bytes, options.reply)
    writer = multiprocessing.Process(target=write, args=args)
    writer.start()
    # 子进程有自己的副本。没有这一行，第二次调用 recv() 会永远等下去，而不会抛
    # 出 EOFError。
    if not options.keep_end:
        childs_end.close()
    # 先 join 只对短列表可行。如果列表超出管道的容量，子进程就在 send() 里等
    # 待，父进程在 join() 里等待，形成死锁。应该先接收，再 join。
    if options.join == "first":
        writer.join()
    receive = parents_end.recv_bytes if options.bytes else parents_end.recv
    received = receive()
    if options.reply:
        parents_end.send(received[::-1])
    try:
        # 再也没有进程持有能发送的一端时，才会抛出 EOFError。
        while options.receive == "all":
            receive()
    except EOFError:
        pass
    writer.join()
    print(len(received) if options.bytes else received, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("method", nargs="?")
    parser.add_argument("--bytes", type=int, default=0)
    parser.add_argument("--simplex", action="store_true")
    parser.add_argument("--reply", action="store_true")
    parser.add_argument("--join", default="first", choices=["first", "last"])
    parser.add_argument("--receive", default="one", choices=["one", "all"])
    parser.add_argument("--keep-end", action="store_true")
    options = parser.parse_args()
    if options.method:
        multiprocessing.set_start_method(options.method)
    main(options)
