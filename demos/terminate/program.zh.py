"""终止：信号结束一个进程，该清理的没有清理。

运行：`mp-demo show terminate --python | python3 - fork`。用 spawn 和
forkserver 时，子进程要导入这个程序，所以得先存成文件：
`mp-demo show terminate --python > program.py && python3 program.py spawn`。
加上 --int 或 --kill，父进程就改发 SIGINT 或 SIGKILL。加上 --catch，
子进程就为 SIGTERM 装上处理函数。
"""

import multiprocessing
import os
import signal
import sys


def say(text):
    print(text, flush=True)


def leave(number, frame):
    # 处理函数在主线程里、Python 的两步之间执行。从这里抛出的异常，
    # 看起来就像是 get() 抛出的。
    sys.exit(0)


def wait_for_ever(queue, is_there, catches):
    say(f"Child process {os.getpid()}")
    if catches:
        signal.signal(signal.SIGTERM, leave)
    say(f"Child process {os.getpid()} has something to clean up")
    try:
        is_there.set()
        queue.get()
    finally:
        # SIGTERM 让进程就地结束：没有异常，也就没有 `finally`。
        # SIGINT 会引发 KeyboardInterrupt，因为 Python 捕获了它。
        say(f"Child process {os.getpid()} cleans up")


def main(sends, catches):
    say(f"Parent process {os.getpid()}")
    # 这个队列里永远取不到东西，所以子进程一直等在那里。
    queue, is_there = multiprocessing.SimpleQueue(), multiprocessing.Event()
    args = (queue, is_there, catches)
    child = multiprocessing.Process(target=wait_for_ever, args=args)
    child.start()
    is_there.wait()

    # terminate() 就是发送 SIGTERM，kill() 就是发送 SIGKILL。
    os.kill(child.pid, sends)
    child.join()

    # 退出状态不会是负数，所以负数用来表示信号。
    code = child.exitcode
    say(f"Python: exitcode {code}")
    # shell 在信号编号上加 128：`python3 program.py; echo $?`。
    say(f"Shell: $? {code if code >= 0 else 128 - code}")
    if code < 0:
        say(f"Rust: signal: {-code} ({signal.Signals(-code).name})")
    else:
        say(f"Rust: exit status: {code}")


if __name__ == "__main__":
    options = [word for word in sys.argv[1:] if word.startswith("--")]
    methods = [word for word in sys.argv[1:] if not word.startswith("--")]
    if methods:
        multiprocessing.set_start_method(methods[0])
    if "--int" in options:
        sends = signal.SIGINT
    elif "--kill" in options:
        sends = signal.SIGKILL
    else:
        sends = signal.SIGTERM
    main(sends, "--catch" in options)
