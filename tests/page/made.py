"""Makes recordings that try a page: `made.py KIND FILE`."""
import json
import os
import sys

LONG = 10_000_000 if "SOAK" in os.environ else 100_000
HOSTILE = "</script><script>document.title='acts'</script><img src=x onerror=alert(1)><!--" \
    "\u202e\u2066\0\x1b[2J\u2028'\"&amp;"


class Log:
    def __init__(self):
        self.events = []

    def add(self, pid, role, name, **fields):
        t = len(self.events) * 0.001
        event = {"v": 2, "t": t, "pid": pid, "role": role, "event": name}
        self.events.append(event | fields)

    def run(self, lesson="queue", **options):
        options = {"speed": 1.0} | options
        self.add(1, "parent", "run", lesson=lesson, options=options, seed=1, cores=2, version="0.1.0")
        self.add(1, "parent", "running")

    def start(self, pid, role):
        self.add(1, "parent", "started", child=pid, child_role=role)

    def write(self, path):
        with open(path, "w", encoding="utf-8") as file:
            for event in self.events:
                file.write(json.dumps(event) + "\n")


def hostile(log):
    log.run("run", command=["python3", HOSTILE, "x" * 10_000])
    log.add(1, "parent", "source", file="a<b>.py", text=f"# {HOSTILE}\nx = '''{HOSTILE}'''\n")
    at = {"file": "a<b>.py", "line": 2, "function": HOSTILE}
    log.start(2, "<b>&\"'")
    for value in [HOSTILE, "y" * LONG, {"</script>": [HOSTILE]}, {"python": HOSTILE}]:
        log.add(2, "<b>&\"'", "put", value=value, on="<q>", at=at)
    log.add(2, "<b>&\"'", "printed", stream="stdout", text=HOSTILE, at=at)
    log.add(2, "<b>&\"'", "written", stream="stdout", line=HOSTILE)
    log.add(2, "<b>&\"'", "raised", exception="E<x>", message=HOSTILE, at=at)


def many_events(log, count=2000):
    """What a program with two processes says that puts and gets lines."""
    log.run("run", command=["python3", "program.py"])
    text = "".join(f"line({number})\n" for number in range(1, 60))
    log.add(1, "parent", "source", file="program.py", text=text)
    log.start(2, "writer")
    log.start(3, "reader")
    for number in range((count - 5) // 5 + 1):
        at = {"at": {"file": "program.py", "line": number % 50 + 1}}
        value = f"value {number}"
        log.add(2, "writer", "put", value=value, on="queue", number=number + 1, **at)
        log.add(2, "writer", "fed", thread="QueueFeederThread", on="queue", number=number + 1)
        log.add(3, "reader", "wait", call="get", on="queue", **at)
        if number != count // 10:
            log.add(3, "reader", "get", value=value, on="queue", number=number + 1, **at)
        log.add(3, "reader", "written", stream="stdout", line=f"Get {value} from queue.")
    del log.events[count:]


def five_thousand(log):
    many_events(log, 5000)


def many_processes(log):
    """A thousand processes, of which each waits for the queue, and 300 threads."""
    log.run("run", command=["python3", "program.py"])
    for pid in range(2, 1002):
        log.start(pid, f"role{pid % 7}-{pid}")
    for pid in range(2, 602):
        log.add(pid, f"role{pid % 7}-{pid}", "wait", call="get", on="queue")
    for thread in range(150):
        for _ in range(2):
            log.add(1, "parent", "wait", thread=f"T{thread}", call="acquire", on="lock")


def main():
    log = Log()
    globals()[sys.argv[1]](log)
    log.write(sys.argv[2])


main()
