"""僵尸进程：进程已经结束，却还列在那里，直到被 join。

运行：`mp-demo show zombie --python | python3 - fork`
使用 spawn 和 forkserver 时，子进程要导入程序，所以程序必须存成文件：
`mp-demo show zombie --python > program.py && python3 program.py spawn`
加上 --join，父进程就会 join 子进程。
"""

import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import time


def say(text):
    print(text, flush=True)


def wait_for_ever(queue, is_there):
    say(f"Child process {os.getpid()}")
    is_there.set()
    queue.get()


def look(pid):
    # 名字里可能有空格，后面依次是状态、父进程，最后是退出状态（proc(5)）。
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
    except FileNotFoundError:
        return "gone", 0, 0
    return fields[0], int(fields[1]), int(fields[-1])


def show(pid):
    state, parent, status = look(pid)
    # 马上就要睡眠或者结束了。
    while state == "R":
        state, parent, status = look(pid)
    if state == "gone":
        say("The child: no such process")
    elif state == "Z":
        name = signal.Signals(status).name
        kept = f"exit status kept: {name} ({status})"
        say(f"The child: Z (zombie), no memory, {kept}")
    else:
        own = "memory of its own"
        is_mine = parent == os.getpid()
        whose = "my child" if is_mine else f"a child of {parent}"
        say(f"The child: {state} (sleeping), {own}, {whose}")


def main(joins):
    say(f"Parent process {os.getpid()}")
    # 这个队列里永远不会有值，所以子进程一直在那里睡眠。
    queue, is_there = multiprocessing.SimpleQueue(), multiprocessing.Event()
    args = (queue, is_there)
    child = multiprocessing.Process(target=wait_for_ever, args=args)
    child.start()
    is_there.wait()
    show(child.pid)

    # 文章里的程序就是这样结束读进程的，此后什么都没做。
    child.terminate()
    multiprocessing.connection.wait([child.sentinel])
    # 用 forkserver 时，父进程是那个服务器，会立刻取走退出状态。
    while look(child.pid)[0] not in ("Z", "gone"):
        pass
    show(child.pid)
    time.sleep(0.1)
    # is_alive()、exitcode、active_children() 和下一次 start() 都会像 join()
    # 一样，把剩下的取走。
    show(child.pid)
    if joins:
        child.join()
        show(child.pid)


if __name__ == "__main__":
    methods = [word for word in sys.argv[1:] if not word.startswith("--")]
    if methods:
        multiprocessing.set_start_method(methods[0])
    main("--join" in sys.argv)
