"""缓冲区：进程打印的内容，可能还在它自己的内存里。

运行：`mp-demo show buffer --python > program.py && python3 program.py`
后面可以加上启动方法和要做的事，例如 `python3 program.py spawn exit`：
`terminate`（默认）、`exit` 或 `flush`。
"""

import multiprocessing
import os
import sys


def say(line):
    print(line, flush=True)


def printer(connection, has_printed, queue, how):
    # 相当于输出接到管道或文件的程序里的 sys.stdout：不是终端，所以带缓冲区。
    with open(connection.fileno(), "w", closefd=False) as out:
        for word in "ABC":
            print(word, file=out, flush=how == "flush")
            say(f"Child process {os.getpid()} prints {word}")
        has_printed.set()
        queue.get()
    # 到这里 `out` 关闭，缓冲区随之刷新。SIGTERM 会让进程到不了这一步。


def main(how):
    say(f"Parent process {os.getpid()}")
    parents_end, childs_end = multiprocessing.Pipe(duplex=False)
    has_printed, queue = multiprocessing.Event(), multiprocessing.Queue()
    args = (childs_end, has_printed, queue, how)
    child = multiprocessing.Process(target=printer, args=args)
    child.start()
    childs_end.close()

    # 并不是打印得太晚：所有 print() 都已经返回。
    has_printed.wait()
    if how == "exit":
        queue.put("go")
    else:
        child.terminate()
    child.join()

    with open(parents_end.fileno(), closefd=False) as output:
        lines = output.read().splitlines()
    for line in lines or ["nothing"]:
        say(f"Parent process {os.getpid()} reads {line}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        multiprocessing.set_start_method(sys.argv[1])
    main(sys.argv[2] if len(sys.argv) > 2 else "terminate")
