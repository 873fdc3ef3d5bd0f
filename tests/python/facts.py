"""What the lessons' texts say of Python: `facts.py METHOD` finds it out, and prints a fact a line.

Nothing here goes by time: a process is asked for its state, its descriptors and its answers.
"""

import atexit
import multiprocessing
import os
import pty
import signal
import subprocess
import sys
import threading
import time

print(f"imported {__name__}", flush=True)


def stat(pid):
    """A process's state and parent; it is "gone" when it is reaped."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return fields[0], int(fields[1])
    except (FileNotFoundError, ProcessLookupError):
        return "gone", 0


def until(pid, states):
    """Waits until a process is in one of these states; the alarm ends what waits for ever."""
    while stat(pid)[0] not in states:
        time.sleep(0.001)


def wait_for_ever(queue, is_there):
    try:
        is_there.set()
        queue.get()
    finally:
        os.write(1, b"finally\n")


def at_exit(connection):
    atexit.register(connection.send, "ran")


def name(connection):
    connection.send(threading.current_thread().name)


def release(lock):
    lock.release()


def acquire(lock, is_there):
    lock.acquire()
    is_there.set()
    time.sleep(3600)


def release_rlock(lock, connection):
    try:
        lock.release()
        connection.send("released")
    except AssertionError:
        connection.send("AssertionError")


def fact(name, value):
    print(f"{name}: {value}", flush=True)


def waiting():
    queue, is_there = multiprocessing.Queue(), multiprocessing.Event()
    child = multiprocessing.Process(target=wait_for_ever, args=(queue, is_there))
    child.start()
    is_there.wait()
    return child, queue


def zombies(method):
    child, _ = waiting()
    fact("the child's parent is the program", stat(child.pid)[1] == os.getpid())
    child.terminate()
    until(child.pid, ["gone"] if method == "forkserver" else ["Z"])
    # Something else takes its time, and the zombie is still there.
    subprocess.check_call([sys.executable, "-c", ""])
    fact("terminated, not joined", stat(child.pid)[0])
    child.join()
    fact("terminated", child.exitcode)


def interrupted():
    child, _ = waiting()
    os.kill(child.pid, signal.SIGINT)
    child.join()
    fact("interrupted", child.exitcode)


def ends_of_file():
    """Whether a reader of a queue has its put end, too: then it never comes to end-of-file."""
    child, queue = waiting()
    pipe = os.readlink(f"/proc/self/fd/{queue._reader.fileno()}")
    queue._writer.close()
    writing = 0
    for fd in os.listdir(f"/proc/{child.pid}/fd"):
        if os.readlink(f"/proc/{child.pid}/fd/{fd}") == pipe:
            with open(f"/proc/{child.pid}/fdinfo/{fd}") as file:
                flags = dict(line.split(":", 1) for line in file)["flags"]
            writing += int(flags, 8) & os.O_ACCMODE == os.O_WRONLY
    fact("put ends of a reader", writing)
    child.kill()
    child.join()


def answer_of(target, before=()):
    ours, theirs = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.Process(target=target, args=(*before, theirs))
    child.start()
    theirs.close()
    try:
        answer = ours.recv()
    except EOFError:
        answer = "nothing"
    child.join()
    return answer


def names():
    answers = []
    thread = threading.Thread(target=lambda: answers.append(answer_of(name)))
    thread.start()
    thread.join()
    fact("name of the first thread", answer_of(name))
    fact("started in another thread", answers[0].split("-")[0])


def changed_after_put():
    """The feeder waits with a value for which the pipe has no room, so the next is pickled late."""
    queue, value = multiprocessing.Queue(), [1]
    queue.put("x" * 1_000_000)
    queue.put(value)
    value.append(2)
    queue.get()
    fact("changed after put()", queue.get())


def locks():
    lock = multiprocessing.Lock()
    lock.acquire()
    child = multiprocessing.Process(target=release, args=(lock,))
    child.start()
    child.join()
    fact("a Lock that another process released is free", lock.acquire(block=False))
    with open("/proc/self/maps") as file:
        fact("a Lock is in shared memory", "/dev/shm/sem." in file.read())
    rlock = multiprocessing.RLock()
    rlock.acquire()
    fact("another process releases an RLock", answer_of(release_rlock, (rlock,)))
    free, is_there = multiprocessing.Lock(), multiprocessing.Event()
    holder = multiprocessing.Process(target=acquire, args=(free, is_there))
    holder.start()
    is_there.wait()
    holder.kill()
    holder.join()
    fact("a Lock whose holder was killed is free", free.acquire(block=False))


def buffers():
    """How often a line is written that was in the buffer when a process forked."""
    fork = "if os.fork(): os.wait()"
    process = "p = multiprocessing.get_context('fork').Process(); p.start(); p.join()"
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    for name, what in [("os.fork()", fork), ("Process", process)]:
        program = f"import multiprocessing, os\nprint('line')\n{what}"
        shown = subprocess.check_output([sys.executable, "-c", program], env=environment)
        fact(f"written with {name}", shown.count(b"line"))


def daemons(method):
    """A daemonic child of a program that ends by itself, and of one that is killed."""
    for end in ["exit", "kill"]:
        words = [sys.executable, __file__, method, "daemon", end]
        program = subprocess.Popen(words, stdout=subprocess.PIPE)
        while True:
            line = program.stdout.readline()
            if line.startswith(b"daemon"):
                break
        pid = int(line.split()[-1])
        program.wait()
        if end == "exit":
            until(pid, ["Z", "gone"])
            fact("daemonic, its parent has ended", "ended")
        else:
            fact("daemonic, its parent was killed", stat(pid)[0])
            os.kill(pid, signal.SIGKILL)


def daemon(end):
    child = multiprocessing.Process(target=time.sleep, args=(3600,), daemon=True)
    child.start()
    until(child.pid, ["S"])
    print("daemon", child.pid, flush=True)
    if end == "kill":
        os.kill(os.getpid(), signal.SIGKILL)


def says_interrupted(is_there):
    try:
        is_there.set()
        time.sleep(3600)
    except KeyboardInterrupt:
        os.write(1, b"child interrupted\n")


def in_foreground():
    is_there = multiprocessing.Event()
    child = multiprocessing.Process(target=says_interrupted, args=(is_there,))
    child.start()
    is_there.wait()
    try:
        print("ready", flush=True)
        child.join()
        time.sleep(3600)
    except KeyboardInterrupt:
        os.write(1, b"parent interrupted\n")
        child.join()


def ctrl_c(method):
    """One Ctrl-C on a terminal, and who gets it."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, __file__, method, "foreground"])
    shown = b""
    while b"ready" not in shown:
        shown += os.read(terminal, 1000)
    os.write(terminal, b"\x03")
    try:
        while True:
            shown += os.read(terminal, 1000)
    except OSError:
        os.waitpid(pid, 0)
    for who in ["parent", "child"]:
        fact(f"Ctrl-C interrupts the {who}", f"{who} interrupted".encode() in shown)


def pipes():
    """The longest message for which a one-way pipe has room."""
    for length in [65_532, 65_533]:
        reader, writer = multiprocessing.Pipe(duplex=False)
        os.set_blocking(writer.fileno(), False)
        try:
            writer.send_bytes(b"x" * length)
            fact(f"a pipe takes {length}", True)
        except BlockingIOError:
            fact(f"a pipe takes {length}", False)


def writes():
    """How many writes a print() is without a buffer."""
    reader, writer = os.pipe2(os.O_DIRECT)
    subprocess.check_call([sys.executable, "-u", "-c", "print('a')"], stdout=writer)
    os.close(writer)
    count = 0
    while os.read(reader, 100):
        count += 1
    fact("writes of an unbuffered print()", count)


def main(method):
    signal.alarm(120)
    # A job in a shell's background ignores it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    fact("default", multiprocessing.get_all_start_methods()[0])
    multiprocessing.set_start_method(method)
    fact("interrupt()", hasattr(multiprocessing.Process, "interrupt"))
    zombies(method)
    interrupted()
    ends_of_file()
    fact("atexit in a child", answer_of(at_exit))
    names()
    changed_after_put()
    locks()
    daemons(method)
    ctrl_c(method)
    if method == "fork":
        buffers()
        pipes()
        writes()


if __name__ == "__main__":
    if sys.argv[2:] == ["foreground"]:
        multiprocessing.set_start_method(sys.argv[1])
        in_foreground()
    elif sys.argv[2:3] == ["daemon"]:
        multiprocessing.set_start_method(sys.argv[1])
        daemon(sys.argv[3])
    else:
        main(sys.argv[1])
