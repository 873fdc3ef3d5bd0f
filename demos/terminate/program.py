"""Terminate: a signal ends a process, and what was to be cleaned up is not.

Run it with `mp-demo show terminate --python | python3 - fork`. Under spawn
and forkserver a child imports the program, so it has to be in a file:
`mp-demo show terminate --python > program.py && python3 program.py spawn`.
With --int or --kill the parent sends SIGINT or SIGKILL. With --catch the
child has a handler for SIGTERM.
"""

import multiprocessing
import os
import signal
import sys


def say(text):
    print(text, flush=True)


def leave(number, frame):
    # The handler runs in the main thread, between two steps of Python. An
    # exception from here looks as if get() had raised it.
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
        # SIGTERM ends a process where it is: no exception, so no `finally`.
        # SIGINT raises KeyboardInterrupt, because Python catches it.
        say(f"Child process {os.getpid()} cleans up")


def main(sends, catches):
    say(f"Parent process {os.getpid()}")
    # Nothing ever comes out of this queue, so the child waits there.
    queue, is_there = multiprocessing.SimpleQueue(), multiprocessing.Event()
    args = (queue, is_there, catches)
    child = multiprocessing.Process(target=wait_for_ever, args=args)
    child.start()
    is_there.wait()

    # terminate() is this with SIGTERM, kill() with SIGKILL.
    os.kill(child.pid, sends)
    child.join()

    # A negative number can't be an exit status, so it stands for a signal.
    code = child.exitcode
    say(f"Python: exitcode {code}")
    # A shell adds 128 to the signal: `python3 program.py; echo $?`.
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
