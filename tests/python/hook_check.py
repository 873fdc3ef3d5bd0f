"""Runs programs with mp-demo's hook, and asserts what it writes down.

`python3 hook_check.py` checks with the Python that it runs in; `hook_check.py show PROGRAM ARGS...`
prints the records of a program.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
INJECT = os.path.join(HERE, "..", "..", "src", "python", "inject")
CODE, PROGRAMS = (tempfile.mkdtemp(prefix="mp-demo-%s-" % name) for name in ("code", "programs"))


class Run:
    """A program's run with the hook: its records, what it printed, and its status."""

    def __init__(self, command, settings=None, env=None, hook=True, stdout=None, **options):
        self.folder = tempfile.mkdtemp(prefix="mp-demo-run-")
        log = os.path.join(self.folder, "log")
        open(log, "w").close()
        env = dict(os.environ, **(env or {}))
        env.pop("PYTHONUNBUFFERED", None)
        if hook:
            old = env.get("PYTHONPATH")
            env["PYTHONPATH"] = ":".join([CODE, self.folder] + ([old] if old else []))
        out, err = (tempfile.TemporaryFile() for _ in range(2))
        values = {"capture": 0, "values": 1, "speed": 1, "jitter": 0, "seed": 1}
        for name, file in (("out", out), ("err", err)):
            status = os.fstat(file.fileno())
            values[name] = "%d:%d" % (status.st_dev, status.st_ino)
        values.update(settings or {})
        with open(os.path.join(self.folder, "settings"), "w") as file:
            file.writelines("%s=%s\n" % item for item in values.items())
        self.process = subprocess.Popen(command, env=env, stdout=out, stderr=err, **options)
        try:
            self.status = self.process.wait(timeout=60)
        finally:
            self.process.kill()
        out.seek(0)
        err.seek(0)
        self.out, self.err = out.read().decode(), err.read().decode()
        with open(log, encoding="ascii") as lines:
            self.records = [json.loads(line) for line in lines]
        shutil.rmtree(self.folder)

    def of(self, *kinds, **fields):
        """The records of some kinds, with some fields."""
        return [
            record
            for record in self.records
            if record["e"] in kinds and all(record.get(k) == v for k, v in fields.items())
        ]


def show(command):
    run = Run(command)
    for record in run.records:
        m, t, p, e = (record.pop(key) for key in "mtpe")
        print(p, record.pop("n", ""), e, json.dumps(record))
    print(run.out + run.err + "status", run.status)


def check(name, program, *kinds, **options):
    """Runs a program with and without the hook, which must make no difference; returns the run."""
    file = os.path.join(PROGRAMS, name + ".py")
    with open(file, "w") as source:
        source.write(program)
    plain, run = (Run([sys.executable, file], hook=hook, **options) for hook in (False, True))
    numbers = re.compile(r"0x[0-9a-f]+|\d+")
    same = [(r.status, *(sorted(numbers.sub("N", x).splitlines()) for x in (r.out, r.err)))
            for r in (plain, run)]
    if sys.version_info >= (3, 11) or "mp_demo_hook" not in run.err:
        assert same[0] == same[1], (name, same)
    for kind in kinds:
        assert run.of(kind), (name, kind, [r["e"] for r in run.records])
    return run


def check_all():
    # The log's descriptor is closed, and its number used for a file, which gets none of it.
    run = check("closed", """
import os, sys, time
time.sleep(0.001)
os.closerange(3, 1024)
time.sleep(0.002)
with open(sys.argv[0] + ".txt", "w") as file:
    for number in range(3, 1024):
        if number != file.fileno():
            os.dup2(file.fileno(), number)
    time.sleep(0.003)
print(os.path.getsize(sys.argv[0] + ".txt"))
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(3, 1024)
        time.sleep(0.004)
    os._exit(0)
os.wait()
time.sleep(0.1)
""")
    assert [r["s"] for r in run.of("sleep")] == [0.001, 0.002, 0.003, 0.004, 0.1] or [
        r["s"] for r in run.of("sleep")] == [0.001, 0.002, 0.003, 0.1, 0.004], run.records
    assert len(run.of("fork")) == 2 and len(run.of("exit")) == 2

    # Nobody reads any more.
    run = check("nobody", """
import fcntl, os, time
GROW, ADD_SEALS = 4, 1033
for fd in os.listdir("/proc/self/fd"):
    try:
        if os.readlink("/proc/self/fd/" + fd).endswith("/log"):
            sealed = os.open("/proc/self/fd/%d" % os.memfd_create("x", 2), 0o2002 | os.O_NONBLOCK)
            fcntl.fcntl(sealed, ADD_SEALS, GROW)
            os.dup2(sealed, int(fd))
    except OSError:
        pass
time.sleep(0.001)
print("goes on")
""")
    assert run.of("hello") and not run.of("sleep", "print")

    # Exceptions that end a process or a thread, and those that only end a task.
    run = check("raises", """
import multiprocessing, threading
def fails(what):
    raise ValueError(what, 1)
if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    child = context.Process(target=fails, args=("child",))
    child.start()
    child.join()
    thread = threading.Thread(target=fails, args=("thread",))
    thread.start()
    thread.join()
    with context.Pool(1) as pool:
        try:
            pool.apply(fails, ("task",))
        except ValueError:
            pass
    {}["main"]
""", "tstart", "trun", "tend", "tjoin", "tjoined")
    raised = [(r["x"], r["msg"], r["of"], r["a"][1:]) for r in run.of("raise")]
    assert raised == [
        ("ValueError", "('child', 1)", "process", ["fails", 4]),
        ("ValueError", "('thread', 1)", "thread", ["fails", 4]),
        ("KeyError", "'main'", "process", ["<module>", 18]),
    ], raised
    assert [(r["fn"], r["num"]) for r in run.of("begin")] == [("fails", 1)]
    assert [(r["x"], r["msg"]) for r in run.of("end")] == [("ValueError", "('task', 1)")]

    # What is replaced is pickled as before, and is no method of a class.
    check("pickles", """
import os, pickle, sys, time, multiprocessing
from multiprocessing.reduction import ForkingPickler
class Waits:
    wait = time.sleep
    leave = os._exit
Waits().wait(0.001)
print(pickle.dumps(time.sleep), pickle.dumps(os._exit), pickle.loads(pickle.dumps(time.sleep)))
print(pickle.loads(pickle.dumps(os._exit)) is os._exit, time.sleep.__name__, os._exit.__doc__)
print(hasattr(time.sleep, "__dict__"))
def target(): pass
process = multiprocessing.Process(target=target, name="p")
print(sorted(vars(process)), bytes(ForkingPickler.dumps(target)))
queue = multiprocessing.get_context("fork").Queue()
print(sorted(vars(queue)), sorted(vars(queue._rlock)), sorted(name for name in vars(queue._reader) if name[:4] != "_mp_"))
import inspect
print(inspect.signature(queue.put), inspect.signature(process.start), multiprocessing.Queue.__name__)
try:
    queue.put()
except TypeError as error:
    print(error)
try:
    time.sleep(-1)
except ValueError as error:
    print(error)
sys.stdout.flush()
Waits().leave(3)
""".replace(", pickle.loads(pickle.dumps(time.sleep)))", ")"))

    # A child that is killed: each line that it has written into a file has its record before it.
    for _ in range(5):
        run = check("killed", """
import multiprocessing, os, signal, sys, time
def child(file):
    with open(file, "ab", 0) as file:
        n = 0
        while True:
            n += 1
            queue.put("x" * 3000 + str(n))
            file.write(b"%d\\n" % n)
if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    queue = multiprocessing.Queue()
    file = sys.argv[0] + ".%d" % os.getpid()
    process = multiprocessing.Process(target=child, args=(file,))
    process.start()
    while not os.path.exists(file) or os.path.getsize(file) < 50:
        time.sleep(0.001)
    process.kill()
    process.join()
    last = open(file).read().split()[-1]
    print("last", last)
""", "put")
        last = int(run.out.split()[1])
        assert len(run.of("put")) in (last, last + 1), (last, len(run.of("put")))
        assert run.of("status")[0]["code"] == -9

    # At the end: threads that still run, atexit, stdout replaced, None, closed, detached.
    check("ends", """
import atexit, io, sys, threading, time, multiprocessing
atexit.register(print, "at exit")
threading.Thread(target=time.sleep, args=(100,), daemon=True).start()
threading.Thread(target=lambda: (time.sleep(0.1), print("late"))).start()
class Last:
    queue = multiprocessing.get_context("fork").Queue()
    def __del__(self):
        self.queue.close()
        print("last")
last = Last()
old, sys.stdout = sys.stdout, io.StringIO()
print("not seen")
sys.stdout = None
print("nowhere")
sys.stdout = old
print("seen", end=" ")
print()
new = io.TextIOWrapper(sys.stdout.detach(), write_through=True)
sys.stdout = new
print("new")
""")
    check("closes", "import sys\nprint(1)\nsys.stdout.close()\nprint(2)\n")

    # Deep recursion ends in RecursionError as ever; big values are cut; a name for each object.
    run = check("values", """
import multiprocessing, queue, sys
def deep(n):
    q.put(n)
    deep(n + 1)
q = queue.Queue()
try:
    deep(0)
except RecursionError:
    print("deep")
a, b = multiprocessing.Pipe()
class Odd(str):
    def __repr__(self):
        print("called")
    __str__ = __iter__ = __len__ = __repr__
for value in ["x" * 10**7, list(range(10**6)), {"a": [None, True, 1.5]}, (1,), {2}, Odd("o"),
              b"b", [Odd("o")], float("inf"), "\\udc80", {"python": "x"}, 10**300, [[[[]]]]]:
    q.put(value)
class Has:
    def __init__(self):
        self.lock = multiprocessing.Lock()
has = Has()
one, two = multiprocessing.Queue(), multiprocessing.Queue(
    maxsize=3)
with multiprocessing.Pool(1) as pool:
    pass
""")
    values = [r["v"] for r in run.of("put") if type(r["v"]) is not int]
    assert values[0]["python"][-1] == values[1]["python"][-1] == "\u2026"
    assert all(len(v["python"]) == 200 for v in values[:2] + values[-2:-1]), values
    assert values[2:-2] == [
        {"a": [None, True, 1.5]}, *({"python": text} for text in (
            "(1,)", "{2}", "<Odd>", "b'b'", "[<Odd>]", "inf")), "\\udc80",
        {"python": "{'python': 'x'}"}], values
    assert [(r["k"], r["name"], r.get("name2"), r.get("max")) for r in run.of("make")] == [
        ("queue.Queue", "q", None, None), ("Pipe", "a", "b", None),
        ("Lock", "self.lock", None, None), ("Queue", "one", None, None),
        ("Queue", "two", None, 3), ("Pool", "pool", None, 1)]

    # With `capture` nothing is written but to the log; without `values` there is no text in it.
    run = Run([sys.executable, "-c", "print('text'); import os; os.system('echo shell')"],
              {"capture": 1, "values": 0})
    assert run.out == "shell\n" and run.of("write")[0]["b"] == "text\n"
    assert run.of("print")[0]["x"] == "" and run.of("print")[0]["l"] == 5
    run = Run([sys.executable, "-c", "print('text')"], {"values": 0})
    assert (run.out, run.of("write")[0]["num"], run.of("write")[0]["nl"]) == ("text\n", 5, 1)


for name in os.listdir(INJECT):
    if name.endswith(".py"):
        shutil.copy(os.path.join(INJECT, name), CODE)
try:
    if sys.argv[1:2] == ["show"]:
        show([sys.executable] + sys.argv[2:])
    else:
        check_all()
        print("ok")
finally:
    shutil.rmtree(CODE)
    shutil.rmtree(PROGRAMS)
