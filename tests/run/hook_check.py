"""Runs programs with mp-demo's hook, and asserts what it writes down.

`python3 hook_check.py` checks with the Python that it runs in; `hook_check.py show PROGRAM ARGS...`
prints the records of a program.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
INJECT = os.path.join(HERE, "..", "..", "src", "python", "inject")
CODE = tempfile.mkdtemp(prefix="mp-demo-code-")


class Run:
    """A program's run with the hook: its records, what it printed, and its status."""

    def __init__(self, command, settings=None, env=None, hook=True, stdout=None, **options):
        self.folder = tempfile.mkdtemp(prefix="mp-demo-run-")
        self.fifo = os.path.join(self.folder, "log")
        os.mkfifo(self.fifo, 0o600)
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
        self.chunks = []
        reader = os.open(self.fifo, os.O_RDONLY | os.O_NONBLOCK)
        writer = os.open(self.fifo, os.O_WRONLY)  # so that the reader sees no end meanwhile
        os.set_blocking(reader, True)
        thread = threading.Thread(target=self.read, args=(reader,))
        thread.start()
        self.process = subprocess.Popen(command, env=env, stdout=out, stderr=err, **options)
        try:
            self.status = self.process.wait(timeout=60)
        finally:
            self.process.kill()
            os.close(writer)
            thread.join(10)
        out.seek(0)
        err.seek(0)
        self.out, self.err = out.read().decode(), err.read().decode()
        shutil.rmtree(self.folder)
        self.records = list(joined(b"".join(self.chunks)))

    def read(self, reader):
        while True:
            data = os.read(reader, 1 << 16)
            if not data:
                return os.close(reader)
            self.chunks.append(data)

    def of(self, *kinds, **fields):
        """The records of some kinds, with some fields."""
        return [
            record
            for record in self.records
            if record["e"] in kinds and all(record.get(k) == v for k, v in fields.items())
        ]


def joined(data):
    """The records in what was read from the FIFO."""
    parts = {}
    for line in data.decode("ascii").split("\n")[:-1]:
        if line.startswith("\x1e"):
            sender, sign, part = line[1:].split(" ", 2)
            parts[sender] = part if sign == "<" else parts[sender] + part
            if sign != "=":
                continue
            line = parts.pop(sender)
        yield json.loads(line)


def show(command):
    run = Run(command)
    for record in run.records:
        m, t, p, e = (record.pop(key) for key in "mtpe")
        print(p, record.pop("n", ""), e, json.dumps(record))
    print(run.out + run.err + "status", run.status)


for name in os.listdir(INJECT):
    if name.endswith(".py"):
        shutil.copy(os.path.join(INJECT, name), CODE)
try:
    if sys.argv[1:2] == ["show"]:
        show([sys.executable] + sys.argv[2:])
finally:
    shutil.rmtree(CODE)
