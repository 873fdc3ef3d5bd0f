"""mp-demo's hook: writes down what this Python process does with others, one line of JSON each.

`mp-demo run` reads the lines from a file. Here are the channel, how places and values are written,
and the hooks that each program gets: for printing, `time.sleep`, `os._exit`, `os.fork` and threads.
Those for multiprocessing are in mp_demo_calls.py. Methods are replaced on their class when the
program imports its module, so all objects stay what they are.
"""

import os
import sys
import time
from _thread import get_ident
from _weakref import ref
from os import fstat, get_blocking, getpid, pwrite
from sys import _getframe
from time import monotonic_ns, sleep

LIBRARY = os.path.dirname(os.__file__) + "/"
CODE = os.path.dirname(__file__) + "/"
LIMIT = 200  # characters of a value
LINE_LIMIT = 4000  # characters of a printed text
FAR = 1 << 62  # No file is so long: a write there fails, unless the file is opened for appending.
ROOM = 1 << 20  # bytes that a process may write before it looks whether the reader keeps up
LAG = 64 << 20  # bytes that may wait for the reader

settings = dict(capture=0, values=1, speed=1.0, jitter=0, seed=0, out="", err="")
directory = ""  # the working directory at the start
started_by = ""  # "spawn", "forkserver" or "resource_tracker" if multiprocessing runs this Python
jitter = 0  # the state of a random number generator, if there are to be random pauses
process = getpid()
main_thread = get_ident()
threads = {}  # by ident: the others
thread_fields = {}  # by name
log_path = ""
log = None  # the log's descriptor; None once nobody reads it
room = ROOM


def connect():
    """Opens the log, at a high descriptor: the low ones are the program's, as without mp-demo."""
    global log
    # O_NONBLOCK means nothing to a file, and tells it from one of the program's at its number.
    flags = os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK | os.O_CLOEXEC
    low = log = os.open(log_path, flags)
    for high in range(min(os.sysconf("SC_OPEN_MAX"), 1024) - 1, low, -1):
        try:
            get_blocking(high)
        except OSError:  # It is free.
            log = os.dup2(low, high, inheritable=False)
            return os.close(low)


def send(data):
    """Writes a record. False if nobody reads the log, which ends that of this process."""
    global log, room
    try:
        try:
            ours = not get_blocking(log)  # It may be closed, or another file may have its number.
        except OSError:
            ours = False
        if not ours:
            connect()
        pwrite(log, data, FAR)
        room -= len(data)
        if room < 0:
            room = ROOM
            # What has been read is a hole.
            while os.lseek(log, 0, os.SEEK_END) - os.lseek(log, 0, os.SEEK_DATA) > LAG:
                sleep(0.01)
        return True
    except OSError as error:
        if error.errno is None:  # A signal handler of the program has raised it.
            raise
        log = None
        return False


def note(frame, kind, fields="", line=None):
    """Writes a record. It says the learner's place to which `frame` leads; `fields` is JSON."""
    if log is None:
        return False
    here = place(frame, line) if frame else ""
    ident = get_ident()
    name = "" if ident == main_thread else thread_field(ident)
    fields = fields and "," + fields
    now = monotonic_ns() // 1000
    record = f'{{"m":1,"t":{now},"p":{process}{name}{here},"e":"{kind}"{fields}}}\n'
    sent = send(record.encode())
    if jitter and here:
        pause()
    return sent


def named(**fields):
    """Fields of a record, from strings, numbers, booleans and None."""
    texts = {int: repr, float: repr, str: quoted}
    items = [(name, texts.get(type(thing), JSON.get)(thing)) for name, thing in fields.items()]
    return ",".join(['"%s":%s' % item for item in items])


def thread_field(ident):
    thread = threads.get(ident)
    name = thread._name if thread else "thread-%d" % ident
    field = thread_fields.get(name)
    if field is None:
        field = thread_fields[name] = ',"n":' + quoted(name)
    return field


def pause():
    """Sleeps 0 to 2 ms, so that what rarely comes in another order does so more often."""
    global jitter
    jitter = (jitter * 6364136223846793005 + 1442695040888963407) % 2**64
    sleep((jitter >> 33) / 2**31 * 0.002)


def seed(name):
    """Gives this process pauses of its own: the same ones for the same seed and name."""
    global jitter
    jitter = settings["jitter"] and int.from_bytes(name.encode(), "little") ^ settings["seed"] | 1


files = {}  # co_filename: the path in JSON, "" if the file isn't the learner's


def learners_file(frame):
    """The path of a frame's file, in JSON, if the learner has written it, else ""."""
    name = frame.f_code.co_filename
    path = files.get(name)
    if path is None and name[:1] == "<":  # `python -c` or stdin, or a library's generated code
        main = name in ("<string>", "<stdin>") and frame.f_globals.get("__name__") == "__main__"
        return quoted(name) if main and not started_by else ""
    if path is None:
        path = os.path.normpath(os.path.join(directory, name))
        library = path.startswith((LIBRARY, CODE)) or "-packages/" in path
        path = files[name] = "" if library else quoted(path)
    return path


BETWEEN = {"run", "put_nowait", "get_nowait", "wait_for", "__enter__", "__exit__"}


def learner(frame):
    """Whether the learner calls what was called at this frame, maybe by way of the library: as the
    target of a process or thread, or by one of the methods above."""
    code = frame.f_code
    file = files.get(code.co_filename)
    if file or file is None and learners_file(frame):
        return True
    if code.co_name not in BETWEEN or not code.co_filename.startswith(LIBRARY):
        return False
    return code.co_name == "run" or learner(frame.f_back)


def always(frame):
    """In place of `learner`: whoever calls."""
    return True


places = {}  # by id() of a code and instruction: what `place` returns, or "" if it goes on outwards
codes = {}  # by id(): so each of them keeps it


def place(frame, line=None):
    """The field with the innermost place in the learner's code, going outwards from a frame."""
    while frame is not None:
        code = frame.f_code
        where = id(code), frame.f_lasti
        here = None if line else places.get(where)
        if here is None:
            file, number = learners_file(frame), line or frame.f_lineno or 0
            here = file and ',"a":[%s,%s,%d]' % (file, quoted(code.co_name), number)
            if code.co_filename in files and not line:
                places[where] = here
                codes[where[0]] = code
        if here or code.co_name == "_launch":  # A forked child's stack goes on with its parent's.
            return here
        frame = frame.f_back
    return ""


JSON = {None: "null", True: "true", False: "false", list: "[]", dict: "{}"}
PYTHON = {None: "None", True: "True", False: "False", list: "[]", dict: "{}", tuple: "()"}
PYTHON.update({set: "{}", frozenset: ("frozenset({", "})")})


escaped = None  # of _json, which is imported when it is needed, and can't be at Python's very end


def quoted(text):
    """A string in JSON. Halves of surrogate pairs, which aren't Unicode, are spelt out."""
    global escaped
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return '"%s"' % text
    if escaped is None:
        from _json import encode_basestring_ascii as escaped
    json = escaped(text)
    return escaped(text.encode("utf-8", "backslashreplace").decode()) if "\\ud" in json else json


def value(thing):
    """A value in JSON: itself if that is short, else the text that Python would show."""
    if settings["values"]:
        if type(thing) is int and -LIMIT < thing < 1000 * LIMIT:  # as often, and quickly
            return repr(thing)
        try:
            shown = limited(thing, JSON)
            if len(shown) <= LIMIT:
                return shown
        except ValueError:  # JSON has no such value.
            pass
    return '{"python":%s}' % quoted(text(thing))


def text(thing):
    """What Python would show of a value, cut. Nothing of the learner's is called for it."""
    shown = limited(thing, PYTHON) if settings["values"] else "<%s>" % class_name(thing)
    return shown if len(shown) <= LIMIT else shown[: LIMIT - 1] + "…"


def limited(thing, style):
    """The text of a value, up to a piece that is beyond the limit."""
    text = ""
    for piece in pieces(thing, style):
        text += piece
        if len(text) > LIMIT:
            break
    return text


def pieces(thing, style):
    """The text of a value in pieces, in JSON's or Python's style."""
    kind = type(thing)
    if kind is str and style is JSON and len(thing) < LIMIT:
        yield quoted(thing)
    elif kind is str or kind in (bytes, bytearray) and style is PYTHON:
        yield repr(thing[: LIMIT + 1])
    elif kind is bool or thing is None:
        yield style[thing]
    elif kind is int and thing.bit_length() < 9 * LIMIT:
        yield str(thing)
    elif kind is float and (style is PYTHON or thing - thing == 0):
        yield repr(thing)
    elif kind in style and (thing or kind not in (set, frozenset)):
        opening, closing = style[kind]
        yield opening
        items = thing.items() if kind is dict else thing
        # Another thread may change a dict or a set meanwhile, but not this list of what is in it.
        for number, item in enumerate(items if kind in (list, tuple) else list(items)):
            yield ", " if number else ""
            if kind is dict:
                key, item = item
                if style is JSON and (type(key) is not str or key == "python"):
                    raise ValueError
                yield from pieces(key, style)
                yield ": "
            yield from pieces(item, style)
        yield "," + closing if kind is tuple and len(thing) == 1 else closing
    elif style is JSON:
        raise ValueError
    else:
        yield repr(thing) if kind in (set, frozenset) else "<%s>" % class_name(thing)


def class_name(thing):
    return type.__dict__["__name__"].__get__(type(thing))


def ours(frame):
    return frame.f_code.co_filename.startswith(CODE)


def strip(error):
    """Takes mp-demo's frames off the beginning of an exception's traceback."""
    traceback = error.__traceback__
    while traceback is not None and ours(traceback.tb_frame):
        traceback = traceback.tb_next
    error.__traceback__ = traceback


def mistake(error):
    """Whether an exception comes from a mistake in mp-demo's own code, so that the program is to go
    on without it, and not from a signal handler of the program's."""
    traceback = error.__traceback__
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    strip(error)
    odd = not isinstance(error, Exception) or isinstance(error, RecursionError)
    return not odd and ours(traceback.tb_frame)


def wrap(original, notes, noted=learner):
    """A function that does what the original does, and notes it if `noted(caller's frame)`.

    `notes(frame, *args)` is called before the original. If it returns a tuple, that has the call's
    result; if a function, this gets the result and the exception of the original.
    """

    def call(*args, **kwargs):
        after = None
        try:
            frame = _getframe().f_back  # None if the interpreter itself calls
            if noted(frame):
                after = notes(frame, *args, **kwargs)
                if type(after) is tuple:
                    return after[0]
        except BaseException as error:
            if not mistake(error):
                raise
        try:
            result = original(*args, **kwargs)
        except BaseException as error:
            strip(error)
            finish(after, None, error)
            raise
        return result if after is None else finish(after, result)

    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        setattr(call, name, getattr(original, name, None))
    call.__wrapped__ = original
    return call


def finish(after, result, error=None):
    """Tells a call's notes how it has ended."""
    try:
        if after is not None:
            after(result, error)
    except BaseException as error:
        if not mistake(error):
            raise
    return result


def hook(owner, name, notes, noted=learner):
    """Replaces a method in place, where this Python has it."""
    method = vars(owner).get(name) or getattr(owner, name, None)
    if isinstance(method, (staticmethod, classmethod)):
        setattr(owner, name, type(method)(wrap(method.__func__, notes, noted)))
    elif method is not None:
        setattr(owner, name, wrap(method, notes, noted))


def replace(module, name, notes):
    """The same for a function in C. What takes its place is, like it, no method where it is a
    class's attribute, it is pickled by its name, and it has no attributes of its own."""
    call = wrap(getattr(module, name), notes)
    members = {"__call__": staticmethod(call), "__reduce__": lambda self: name, "__slots__": ()}
    members.update({key: getattr(call, key) for key in ("__module__", "__name__", "__doc__")})
    setattr(module, name, type(name, (), members)())


def sleeps(frame, seconds):
    """time.sleep, divided by --speed."""
    if type(seconds) in (int, float) and 0 <= seconds < 1e9:
        seconds /= settings["speed"]
        note(frame, "sleep", named(s=seconds))
        if settings["speed"] != 1:
            return (sleep(seconds),)


def exits(frame, code):
    note(frame, "exit", named(code=code))


def weak_write(stream):
    """A stream's `write` that doesn't keep the stream: that is flushed when nobody has it."""
    method, stream = type(stream).write, ref(stream)

    def write(*args):
        return method(stream(), *args)

    return write


class Output:
    """sys.stdout or sys.stderr: what is printed to it, and what it writes."""

    def __init__(self, number, stream):
        self.number = number
        self.own = settings["out" if number == 1 else "err"]
        self.lines = {}  # by thread: the beginning of a line, and its length
        self.complete = {}  # by thread: a complete text that is to be noted
        self.buffered = 0  # bytes
        raw = getattr(stream.buffer, "raw", stream.buffer)
        self.stream, self.raw = ref(stream), ref(raw)
        stream.write = wrap(weak_write(stream), self.printed, always)
        raw.write = wrap(weak_write(raw), self.written, always)

    def printed(self, frame, text):
        """Before a text reaches the buffer."""
        if self.number == 2:
            uncaught(frame, text)
        text = str.__str__(text)
        stream = self.stream()
        if not stream.closed:
            encoding, errors = stream.encoding, stream.errors
            self.buffered += len(text if text.isascii() else text.encode(encoding, errors))
            start, length = self.lines.pop(get_ident(), ("", 0))
            end = text.rfind("\n") + 1
            if end:
                line = (start + text[:end])[:LINE_LIMIT] if settings["values"] else ""
                fields = named(s=self.number, x=line, l=length + end)
                self.complete[get_ident()] = frame, fields
                start, length, text = "", 0, text[end:]
            if start or text:
                start = (start + text[:LINE_LIMIT])[:LINE_LIMIT]
                self.lines[get_ident()] = start, length + len(text)
            return self.completed if end else None

    def completed(self, result=None, error=None):
        """Notes a text when all of it is in the buffer, and before any of it leaves that: a note lets
        other threads run, and these mustn't get between the parts of a line."""
        frame, fields = self.complete.pop(get_ident(), (None, None))
        if fields and error is None:
            note(frame, "print", fields)

    def written(self, frame, data):
        """Before bytes reach the descriptor. With `capture`, the log has them instead."""
        self.completed()
        size = memoryview(data).nbytes
        self.buffered = max(0, self.buffered - size)
        status = fstat(self.raw().fileno())
        fields, caught = named(s=self.number, num=size), False
        if "%d:%d" % (status.st_dev, status.st_ino) != self.own:
            fields += ',"f":1'
        elif settings["values"] or settings["capture"]:
            fields, caught = named(s=self.number, b=str(data, "latin-1")), settings["capture"]
        else:
            fields += ',"nl":%d' % bytes(data).count(b"\n")
        if note(None, "write", fields) and caught:
            return (size,)

        def after(result, error):
            if result != size:
                note(None, "unwritten", named(s=self.number, num=size - (result or 0)))

        return after


outputs = []
shown = None  # the exception with which the main thread has ended


def uncaught(frame, text):
    """Notes the exception that ends a process or thread, when stderr begins to tell of it."""
    global shown
    caller = frame and frame.f_code.co_name
    if caller == "_bootstrap" and text.startswith("Process "):
        error, of = sys.exc_info()[1], "process"
    elif caller == "invoke_excepthook" and text == "Exception in thread ":
        error, of = sys.exc_info()[1], "thread"
    else:
        while frame is not None and frame.f_code.co_filename == LIBRARY + "traceback.py":
            frame = frame.f_back
        error, of = getattr(sys, "last_value", None), "process"
        if frame is not None or error is None or error is shown:
            return
        shown = error
    here, traceback = None, error.__traceback__
    while traceback is not None:
        here = traceback if learners_file(traceback.tb_frame) else here
        traceback = traceback.tb_next
    fields = named(x=class_name(error), msg=message(error), of=of)
    note(here and here.tb_frame, "raise", fields, here and here.tb_lineno)


def message(error):
    """What an exception says, without a call of the learner's code."""
    if not settings["values"]:
        return ""
    known = all(type(arg) in (str, int, float, bool) or arg is None for arg in error.args)
    if known and type(type(error).__str__) is type(object.__str__):
        return str(error)[:LIMIT]
    return ", ".join(text(arg) for arg in error.args)[:LIMIT]


def forks(frame):
    """Whether a fork's child goes on with the program: it is neither multiprocessing's, which notes
    that itself, nor subprocess's."""
    ends = "multiprocessing/popen_fork.py", "multiprocessing/forkserver.py", "/subprocess.py"
    return not frame.f_code.co_filename.endswith(ends)


copies = False


def copied():
    """Whether the last fork has copied printed lines."""
    return copies


def before_fork():
    global copies
    frame = _getframe(1)
    copies = any(output.buffered for output in outputs) and note(frame, "forking")


def in_child():
    global main_thread, process
    main_thread, process = get_ident(), getpid()
    threads.clear()
    frame = _getframe(1)
    if forks(frame):
        note(frame, "fork", named(pp=os.getppid(), copies=copies))


starting = set()  # the id()s of the learner's threads that haven't begun


def thread_starts(frame, thread):
    starting.add(id(thread))

    def after(result, error):
        if error is None:
            note(frame, "tstart", named(th=thread._name))

    return after


def thread_runs(frame, thread):
    """All of a thread."""
    threads[get_ident()] = thread
    noted = id(thread) in starting
    starting.discard(id(thread))
    if noted:
        note(frame, "trun")

    def after(result, error):
        if noted:
            note(frame, "tend")
        threads.pop(get_ident(), None)

    return after


def thread_joins(frame, thread, timeout=None):
    note(frame, "tjoin", named(th=thread._name))
    return lambda result, error: note(frame, "tjoined", named(th=thread._name))


THREADING = {"Thread": dict(start=thread_starts, _bootstrap_inner=thread_runs, join=thread_joins)}


def imported(name, module):
    """Hooks the methods of a module."""
    try:
        noted, classes = {thread_runs: always}, THREADING
        if name != "threading":
            frugal, sys.dont_write_bytecode = sys.dont_write_bytecode, False
            from mp_demo_calls import HOOKS, NOTED as noted
            sys.dont_write_bytecode = frugal
            classes = HOOKS.get(name, {})
        for owner, methods in classes.items():
            for method, notes in methods.items():
                hook(getattr(module, owner), method, notes, noted.get(notes, learner))
    except Exception as error:
        if not mistake(error):
            raise


class Finder:
    """Stands first in sys.meta_path, and has `imported` called when a module has been loaded."""

    def find_spec(self, name, path=None, target=None):
        watched = name in ("threading", "queue", "subprocess")
        watched = watched or name.startswith(("multiprocessing.", "concurrent.futures."))
        if not watched and name != "mp_demo_calls":
            return None
        path = path if watched else [CODE]
        finders = [finder for finder in sys.meta_path if finder is not self]
        specs = (finder.find_spec(name, path, target) for finder in finders)
        spec = next(filter(None, specs), None)
        if spec and watched:
            load = spec.loader.exec_module

            def exec_module(module):
                del spec.loader.exec_module
                load(module)
                imported(name, module)

            spec.loader.exec_module = exec_module
        return spec


def start(run):
    """Starts the hook. `run` is the folder with the log and the settings."""
    global directory, log_path, started_by
    with open(run + "/settings") as lines:
        for key, _, setting in (line.strip().partition("=") for line in lines):
            if key in settings:
                settings[key] = type(settings[key])(setting)
    log_path = run + "/log"
    directory = os.getcwd()
    with open("/proc/self/cmdline", errors="surrogateescape") as file:
        command = file.read().split("\0")[:-1]
    for name in ("forkserver", "resource_tracker", "spawn"):
        if any("from multiprocessing.%s import" % name in word for word in command):
            started_by = name
    connect()
    hello = named(pp=os.getppid(), v="%d.%d.%d" % sys.version_info[:3], k=started_by)
    note(None, "hello", hello + ',"cmd":[%s]' % ",".join(map(quoted, command)))
    seed(started_by)
    replace(time, "sleep", sleeps)
    replace(os, "_exit", exits)
    sys.modules["posix"]._exit = os._exit
    os.register_at_fork(before=before_fork, after_in_child=in_child)
    for number, stream in ((1, sys.stdout), (2, sys.stderr)):
        if stream is not None:
            outputs.append(Output(number, stream))
    sys.meta_path.insert(0, Finder())
    for name, module in list(sys.modules.items()):
        if name in ("threading", "queue", "subprocess"):
            imported(name, module)
