"""Zombies: a process has ended, and is still listed until it is joined.

Run it with `mp-demo show zombie --python | python3 - fork`. Under spawn and
forkserver a child imports the program, so it has to be in a file:
`mp-demo show zombie --python > program.py && python3 program.py spawn`.
With --join the parent joins its child.
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
    # Behind the name, which may have spaces, stand the state, the parent, and
    # far behind the exit status (proc(5)).
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
    except FileNotFoundError:
        return "gone", 0, 0
    return fields[0], int(fields[1]), int(fields[-1])


def show(pid):
    state, parent, status = look(pid)
    # It is about to sleep, or to end.
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
    # Nothing ever comes out of this queue, so the child sleeps there.
    queue, is_there = multiprocessing.SimpleQueue(), multiprocessing.Event()
    args = (queue, is_there)
    child = multiprocessing.Process(target=wait_for_ever, args=args)
    child.start()
    is_there.wait()
    show(child.pid)

    # The article's program ends its reader like this, and does no more.
    child.terminate()
    multiprocessing.connection.wait([child.sentinel])
    # Under forkserver, Python 3.14's default, the server reaps it at once.
    while look(child.pid)[0] not in ("Z", "gone"):
        pass
    show(child.pid)
    time.sleep(0.1)
    # is_alive(), exitcode, active_children() and another start() would take
    # what is left of it, as join() does.
    show(child.pid)
    if joins:
        child.join()
        show(child.pid)


if __name__ == "__main__":
    methods = [word for word in sys.argv[1:] if not word.startswith("--")]
    if methods:
        multiprocessing.set_start_method(methods[0])
    main("--join" in sys.argv)
