"""What a run has come to after each event of its log, for what a page shows: a fold of its own."""
import json

ASIDE = {"stuck", "stopped", "output", "idle", "unread", "source", "unwritten", "unseen", "fed", "dropped"}
OF_ANOTHER = {"exited", "terminate", "interrupt", "kill"}
LONGEST, NAMED = 60, 6


def short(text, most=LONGEST):
    return text if len(text) <= most else text[:most] + "…"


def python(value):
    """The Python value that JSON stands for; `{"python": TEXT}` is what JSON doesn't have."""
    if isinstance(value, dict) and list(value) == ["python"] and isinstance(value["python"], str):
        return type("Python", (), {"__repr__": lambda self: value["python"]})()
    if isinstance(value, dict):
        return {key: python(item) for key, item in value.items()}
    return [python(item) for item in value] if isinstance(value, list) else value


def shown(value):
    return repr(short(value)) if isinstance(value, str) else short(repr(python(value)))


def visible(text):
    """What a terminal would obey is shown on a page, too."""
    return "".join(c if c.isprintable() or c in "\n\t" else repr(c)[1:-1] for c in text)


class Fold:
    def __init__(self):
        self.does, self.ended, self.zombies, self.at = {}, {}, {}, {}
        self.asked, self.processes = {}, set()
        self.objects, self.locks, self.waits = {}, {}, {}
        self.output, self.buffers, self.leaving = [], {}, {}

    def put(self, on, **what):
        self.objects.setdefault(on, []).append(what)

    def remove(self, is_it, last=False):
        found = [(on, it) for on, its in self.objects.items() for it in its if is_it(on, it)]
        if found:
            on, it = found[-1 if last else 0]
            its = self.objects[on]
            del its[next(place for place in range(len(its)) if its[place] is it)]

    def end(self, pid):
        for key in [key for key in [*self.at, *self.waits] if key[0] == pid]:
            self.at.pop(key, None)
            self.waits.pop(key, None)

    def see(self, event):
        pid, name = event["pid"], event["event"]
        key = pid, event.get("thread")
        child, number = event.get("child"), event.get("number")
        if pid in self.ended:
            # Another process has this PID now.
            del self.ended[pid]
        self.processes.add(pid)
        tells = name not in ASIDE and name not in OF_ANOTHER and not (name == "ended" and child == pid)
        is_zombie = name == "process_state" and event.get("state") == "Z"
        if is_zombie and event["of"] == pid:
            tells = False
        if tells:
            self.do(key, name, event)
        elif "at" in event and (name not in ASIDE or not key[1]):
            self.at[key] = event["at"]["file"], event["at"]["line"]
        self.values(key, name, event, number)
        if name == "started":
            self.processes.add(child)
            self.ended.pop(child, None)
            self.zombies.pop(child, None)
            self.does.setdefault((child, None), ("run", None))
        elif name == "exited":
            self.processes.add(child)
            self.ended[child] = event["status"]
            self.zombies.pop(child, None)
            self.end(child)
        elif name == "ended":
            if "status" in event:
                self.zombies[child] = event["status"]
            else:
                self.ended[child] = None
            self.end(child)
        elif is_zombie:
            self.zombies[event["of"]] = event.get("status")
            self.end(event["of"])
        self.printed(pid, name, event)

    def do(self, key, name, event):
        kind, on = "run", None
        if name == "sleep":
            kind = "sleep"
        elif name == "wait":
            kind, on = "wait", event.get("on")
        elif name == "join":
            kind = "join"
        elif name == "end":
            kind = "wait"
        elif name == "request":
            self.asked[key] = self.asked.get(key, 0) + 1
            kind = "wait"
        elif name == "served":
            self.asked[key] = max(self.asked.get(key, 0) - 1, 0)
            kind = "wait" if self.asked[key] else "run"
        self.does[key] = kind, on
        self.waits.pop(key, None)
        if on is not None:
            self.waits[key] = on
        if "at" in event:
            self.at[key] = event["at"]["file"], event["at"]["line"]
        if name == "thread_end":
            self.does.pop(key)
            self.at.pop(key, None)

    def values(self, key, name, event, number):
        on, value = event.get("on"), event.get("value")
        if name in ("put", "send"):
            on = on or ("queue" if name == "put" else "pipe")
            self.put(on, value=value, number=number, by=key[0], way=name)
        elif name in ("get", "recv"):
            on = on or ("queue" if name == "get" else "pipe")
            if number is not None:
                self.remove(lambda _, it: it.get("number") == number)
            else:
                self.remove(lambda its, it: its == on and "value" in it and it["value"] == value
                            and it["by"] != key[0])
        elif name == "put_sentinel":
            self.put(on or "queue", sentinel=True)
        elif name == "get_sentinel":
            self.remove(lambda its, it: its == (on or "queue") and "sentinel" in it)
        elif name in ("full", "dropped"):
            self.remove(lambda _, it: it.get("number") == number)
        elif name == "refused" and event["call"] in ("put", "send"):
            self.remove(lambda _, it: it.get("way") == event["call"] and it["by"] == key[0], True)
        elif name == "error" and self.leaving.get(key[0]):
            # The call within which the process gave up has put nothing.
            self.remove(lambda _, it: it.get("way") == self.leaving[key[0]] and it["by"] == key[0], True)
        if name not in ("fed", "dropped"):
            self.leaving[key[0]] = name if name in ("put", "send") and number is None else None
        if name == "acquired":
            self.locks[event["lock"]] = key[0]
        elif name == "release":
            self.locks[event["lock"]] = None

    def printed(self, pid, name, event):
        stream = pid, event.get("stream")
        if name == "printed":
            self.buffers.setdefault(stream, []).append(event.get("text", ""))
        elif name == "written":
            if "of" not in event and self.buffers.get(stream):
                self.buffers[stream].pop(0)
            self.output.append(event.get("line", event.get("text", "…")))
        elif name == "output" and event["stream"] == "stderr":
            self.output.append(event["text"])
        elif "line" in event:
            self.output.append(event["line"])

    def state(self):
        """What a page has to show now."""
        def of_process(pid):
            if pid in self.ended:
                return "ended" if self.ended[pid] in (None, {"code": 0}) else "bad"
            return "zombie" if pid in self.zombies else self.does.get((pid, None), ("run", None))[0]

        def content(its):
            texts = ["sentinel" if "sentinel" in it else shown(it["value"]) for it in its]
            more = len(texts) - 2 * NAMED
            return texts if more <= 0 else texts[:NAMED] + [f"+{more}"] + texts[NAMED + more:]

        names = {*self.objects, *self.locks, *self.waits.values()}
        marks = {}
        for (pid, _), line in self.at.items():
            marks.setdefault(line, []).append(pid)
        return {
            "processes": {str(pid): of_process(pid) for pid in self.processes},
            "objects": {name: content(self.objects.get(name, [])) for name in names},
            "holders": {lock: pid for lock, pid in self.locks.items() if pid},
            "waiters": {name: sum(on == name for on in self.waits.values()) for name in names
                        if name in self.waits.values()},
            "marks": {f"{file}:{line}": len(pids) for (file, line), pids in marks.items()},
            "output": [visible(short(line, 400)) for line in self.output],
            "buffers": sum(len(lines) for lines in self.buffers.values()),
        }


def folded(path):
    """The states after each event of a recording."""
    fold, states = Fold(), []
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip():
                fold.see(json.loads(line))
                states.append(fold.state())
    return states
