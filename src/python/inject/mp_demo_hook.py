"""mp-demo's hook: writes down what this Python process does with others, one line of JSON each.

`mp-demo run` reads the lines from a FIFO. Here are the channel, how places and values are written,
and what each program gets: hooks for printing, `time.sleep`, `os._exit`, `os.fork` and threads.
Those for multiprocessing are in mp_demo_calls.py. Methods are replaced on their class when the
program imports its module, so all objects stay what they are.
"""

import os
import sys
import time
from _json import encode_basestring_ascii as escaped
from _signal import SIG_BLOCK, SIG_IGN, SIG_SETMASK, SIGPIPE
from _signal import getsignal, pthread_sigmask, sigtimedwait
from _thread import get_ident
from os import fstat, getpid, write
from sys import _getframe
from time import monotonic_ns, sleep

LIBRARY = os.path.dirname(os.__file__) + "/"
CODE = os.path.dirname(__file__) + "/"
PIPE_BUF = 4096  # bytes that one write brings into a pipe in one piece
LIMIT = 200  # characters of a value
LINE_LIMIT = 4000  # characters of a printed text

settings = {}
directory = ""  # the working directory at the start
started_by = ""  # "spawn", "forkserver" or "resource_tracker" if multiprocessing runs this Python
main_thread = get_ident()
threads = {}  # by ident: the others
jitter = 0  # the state of a random number generator, if there are to be random pauses

log_path = ""
log = None  # the FIFO's descriptor; None once nobody reads it
log_file = None  # its st_dev and st_ino


def connect():
    """Opens the FIFO, at a high descriptor: the low ones are the program's, as without mp-demo."""
    global log, log_file
    log = os.open(log_path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    os.set_blocking(log, True)
    log_file = identity(log)
    for high in range(min(os.sysconf("SC_OPEN_MAX"), 1024) - 1, log, -1):
        if identity(high) is None:
            low, log = log, os.dup2(log, high, inheritable=False)
            return os.close(low)


def identity(descriptor):
    """Which file a descriptor is; None if it is closed."""
    try:
        status = fstat(descriptor)
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino


def send(record):
    """Writes a line. False if nobody reads the FIFO, which ends the log of this process."""
    global log
    data = record.encode("ascii")
    parts = [data]
    if len(data) > PIPE_BUF:
        sender = b"\x1e%d/%d " % (getpid(), get_ident())
        room = PIPE_BUF - len(sender) - 3
        parts = [data[at : at + room] for at in range(0, len(data) - 1, room)]
        parts = [sender + b"+ " + part.rstrip(b"\n") + b"\n" for part in parts]
        parts[0] = parts[0].replace(b"+", b"<", 1)
        parts[-1] = parts[-1].replace(b"+", b"=", 1)
    # A program may want to hear of broken pipes, or to die of them, but not of this one.
    mask = getsignal(SIGPIPE) != SIG_IGN and pthread_sigmask(SIG_BLOCK, (SIGPIPE,))
    try:
        for part in parts:
            if identity(log) != log_file:  # The program has closed it.
                connect()
            write(log, part)
    except OSError as error:
        if error.errno is None:  # A signal handler of the program has raised it.
            raise
        log = None
        if mask is not False:
            sigtimedwait((SIGPIPE,), 0)
    finally:
        if mask is not False:
            pthread_sigmask(SIG_SETMASK, mask)
    return log is not None


def note(frame, kind, fields="", line=None):
    """Writes a record. It says the learner's place to which `frame` leads; `fields` is JSON."""
    if log is None:
        return False
    record = '{"m":1,"t":%d,"p":%d%s%s,"e":"%s"%s%s}\n'
    here = place(frame, line)
    who = "" if get_ident() == main_thread else ',"n":%s' % quoted(thread_name())
    comma = fields and ","
    time = monotonic_ns() // 1000
    sent = send(record % (time, getpid(), who, here, kind, comma, fields))
    if jitter and here:
        pause()
    return sent


def thread_name():
    thread = threads.get(get_ident())
    return thread._name if thread else "thread-%d" % get_ident()


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
    if path is None and name[:1] != "<":
        path = os.path.normpath(os.path.join(directory, name))
        library = path.startswith((LIBRARY, CODE)) or "-packages/" in path
        path = files[name] = "" if library else quoted(path)
    elif path is None:
        # `python -c` and stdin. Libraries have code of these names, too.
        main = name in ("<string>", "<stdin>") and frame.f_globals.get("__name__") == "__main__"
        path = quoted(name) if main and not started_by else ""
    return path


BETWEEN = {"run", "put_nowait", "get_nowait", "wait_for", "__enter__", "__exit__"}


def learner(frame):
    """Whether the learner calls what was called at this frame, maybe by way of the library: as the
    target of a process or thread, or by one of the methods above."""
    if learners_file(frame):
        return True
    code = frame.f_code
    if code.co_name not in BETWEEN or not code.co_filename.startswith(LIBRARY):
        return False
    return code.co_name == "run" or learner(frame.f_back)


def always(frame):
    """In place of `learner`: whoever calls."""
    return True


def place(frame, line=None):
    """The field with the innermost place in the learner's code, going outwards from a frame."""
    while frame is not None:
        file = learners_file(frame)
        code = frame.f_code
        if file:
            return ',"a":[%s,%s,%d]' % (file, escaped(code.co_name), line or frame.f_lineno or 0)
        if code.co_name == "_launch":  # A forked child's stack goes on with its parent's.
            break
        frame = frame.f_back
    return ""


class Other(Exception):
    """JSON has no such value."""


JSON = {None: "null", True: "true", False: "false", list: "[]", dict: "{}"}
PYTHON = {None: "None", True: "True", False: "False", list: "[]", dict: "{}", tuple: "()"}
PYTHON.update({set: "{}", frozenset: ("frozenset({", "})")})


def quoted(text):
    """A string in JSON. Halves of surrogate pairs, which aren't Unicode, are spelt out."""
    json = escaped(text)
    return escaped(text.encode("utf-8", "backslashreplace").decode()) if "\\ud" in json else json


def value(thing):
    """A value in JSON: itself if that is short, else the text that Python would show."""
    if settings["values"]:
        try:
            json = "".join(limited(pieces(thing, JSON)))
            if len(json) <= LIMIT:
                return json
        except (Other, RuntimeError):
            pass
    return '{"python":%s}' % quoted(text(thing))


def text(thing):
    """What Python would show of a value, cut. Nothing of the learner's is called for it."""
    try:
        shown = "".join(limited(pieces(thing, PYTHON))) if settings["values"] else ""
    except RuntimeError:  # Another thread is changing it.
        shown = ""
    shown = shown or "<%s>" % type(thing).__name__
    return shown if len(shown) <= LIMIT else shown[: LIMIT - 1] + "…"


def limited(pieces):
    """As many pieces of text as reach the limit."""
    length = 0
    for piece in pieces:
        yield piece
        length += len(piece)
        if length > LIMIT:
            return


def pieces(thing, style):
    """The text of a value in pieces, in JSON's or Python's style."""
    kind = type(thing)
    if kind is str and style is JSON and len(thing) < LIMIT:
        yield quoted(thing)
    elif kind in (str, bytes, bytearray) and (kind is str or style is PYTHON):
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
        for number, item in enumerate(thing.items() if kind is dict else thing):
            yield ", " if number else ""
            if kind is dict:
                key, item = item
                if style is JSON and type(key) is not str:
                    raise Other
                yield from pieces(key, style)
                yield ": "
            yield from pieces(item, style)
        yield "," + closing if kind is tuple and len(thing) == 1 else closing
    elif style is JSON:
        raise Other
    else:
        yield repr(thing) if kind in (set, frozenset) else "<%s>" % kind.__name__


def ours(frame):
    return frame.f_code.co_filename.startswith(CODE)


def forgive(error):
    """Raises an exception again unless a mistake of mp-demo's own was its cause."""
    traceback = error.__traceback__
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    if isinstance(error, RecursionError) or not ours(traceback.tb_frame):
        raise error


def wrap(original, notes, noted=learner):
    """A function that does what the original does, and notes it if `noted(caller's frame)`.

    `notes(frame, *args)` is a generator. It runs up to its `yield` before the original, and gets
    the result and the exception from there. If it doesn't yield, its result is the call's.
    """

    def call(*args, **kwargs):
        step = None
        try:
            frame = _getframe().f_back
            if noted(frame):
                step = notes(frame, *args, **kwargs)
                next(step)
        except StopIteration as done:
            return done.value
        except Exception as error:
            step = forgive(error)
        try:
            result = original(*args, **kwargs)
        except BaseException as error:
            traceback = error.__traceback__
            while traceback is not None and ours(traceback.tb_frame):
                traceback = traceback.tb_next
            error.__traceback__ = traceback
            finish(step, None, error)
            raise
        finish(step, result, None)
        return result

    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        setattr(call, name, getattr(original, name, None))
    call.__wrapped__ = original
    return call


def finish(step, result, error):
    """Tells a call's notes how it has ended."""
    if step is not None:
        try:
            step.send((result, error))
        except StopIteration:
            pass
        except Exception as mistake:
            forgive(mistake)


def hook(owner, name, notes, noted=learner):
    """Replaces a method in place, where this Python has it."""
    method = vars(owner).get(name) or getattr(owner, name, None)
    if isinstance(method, (staticmethod, classmethod)):
        setattr(owner, name, type(method)(wrap(method.__func__, notes, noted)))
    elif method is not None:
        setattr(owner, name, wrap(method, notes, noted))


def replace(module, name, notes):
    """The same for a function in C. What takes its place is, like it, no method where it is a
    class's attribute, and it is pickled by its name."""
    function = getattr(module, name)
    call = wrap(function, notes)
    members = {"__call__": staticmethod(call), "__reduce__": lambda self: name}
    for member in ("__module__", "__name__", "__qualname__", "__doc__"):
        members[member] = getattr(call, member)
    setattr(module, name, type(name, (), members)())


def slept(frame, seconds):
    """time.sleep, divided by --speed."""
    if type(seconds) in (int, float) and 0 <= seconds < 1e9:
        seconds /= settings["speed"]
        note(frame, "sleep", '"s":%r' % float(seconds))
        if settings["speed"] != 1:
            return sleep(seconds)
    yield


def exits(frame, code):
    note(frame, "exit", '"code":%d' % code)
    yield


class Output:
    """sys.stdout or sys.stderr: what is printed to it, and what it writes."""

    def __init__(self, number, stream):
        self.number = number
        self.stream = stream
        self.own = settings["out" if number == 1 else "err"]
        self.lines = {}  # by thread: the beginning of a line, and its length
        self.buffered = 0  # bytes
        raw = getattr(stream.buffer, "raw", stream.buffer)
        self.descriptor = raw.fileno
        stream.write = wrap(stream.write, self.printed, always)
        raw.write = wrap(raw.write, self.written, always)

    def printed(self, frame, text):
        """Before a text reaches the buffer; noted when its line is complete."""
        if self.number == 2:
            uncaught(frame, text)
        text = str.__str__(text)
        if not self.stream.closed:
            encoding, errors = self.stream.encoding, self.stream.errors
            self.buffered += len(text if text.isascii() else text.encode(encoding, errors))
            start, length = self.lines.pop(get_ident(), ("", 0))
            end = text.rfind("\n") + 1
            if end:
                line = quoted((start + text[:end])[:LINE_LIMIT]) if settings["values"] else '""'
                counts = self.number, line, length + end
                note(frame, "print", '"s":%d,"x":%s,"l":%d' % counts)
                start, length, text = "", 0, text[end:]
            if text:
                start = (start + text[:LINE_LIMIT])[:LINE_LIMIT]
                self.lines[get_ident()] = start, length + len(text)
        yield

    def written(self, frame, data):
        """Before bytes reach the descriptor. With `capture`, the log has them instead."""
        size = memoryview(data).nbytes
        self.buffered = max(0, self.buffered - size)
        if identity(self.descriptor()) != self.own:
            fields = '"f":1,"num":%d' % size
        elif settings["values"] or settings["capture"]:
            fields = '"b":' + escaped(str(data, "latin-1"))
        else:
            fields = '"num":%d,"nl":%d' % (size, bytes(data).count(b"\n"))
        sent = note(None, "write", '"s":%d,%s' % (self.number, fields))
        if sent and settings["capture"] and fields[1] == "b":
            return size
        result, error = yield
        if result != size:
            note(None, "unwritten", '"s":%d,"num":%d' % (self.number, size - (result or 0)))


outputs = []


def uncaught(frame, text):
    """Notes the exception that ends a process or thread, when stderr begins to tell of it."""
    caller = frame and frame.f_code.co_name
    if caller == "_bootstrap" and text.startswith("Process "):
        error, of = sys.exc_info()[1], "process"
    elif caller == "invoke_excepthook" and text == "Exception in thread ":
        error, of = sys.exc_info()[1], "thread"
    else:
        while frame is not None and frame.f_code.co_filename == LIBRARY + "traceback.py":
            frame = frame.f_back
        error, of = getattr(sys, "last_value", None), "process"
        if frame is not None or error is None or error is uncaught.error:
            return
        uncaught.error = error
    here, traceback = None, error.__traceback__
    while traceback is not None:
        here = traceback if learners_file(traceback.tb_frame) else here
        traceback = traceback.tb_next
    fields = '"x":%s,"msg":%s,"of":"%s"' % (quoted(type(error).__name__), message(error), of)
    note(here and here.tb_frame, "raise", fields, here and here.tb_lineno)


uncaught.error = None  # that of the interpreter's top level


def message(error):
    """What an exception says, in JSON, without a call of the learner's code."""
    known = all(type(arg) in (str, int, float, bool) or arg is None for arg in error.args)
    if known and type(type(error).__str__) is type(object.__str__):
        return quoted(str(error)[:LIMIT])
    return quoted(", ".join(text(arg) for arg in error.args)[:LIMIT])


def forks(frame):
    """Whether a fork's child goes on with the program: it is neither multiprocessing's, which notes
    that itself, nor subprocess's."""
    ends = "multiprocessing/popen_fork.py", "multiprocessing/forkserver.py", "/subprocess.py"
    return not frame.f_code.co_filename.endswith(ends)


def before_fork():
    frame = _getframe(1)
    if forks(frame) and any(output.buffered for output in outputs):
        note(frame, "forking")


def in_child():
    global main_thread
    main_thread = get_ident()
    threads.clear()
    frame = _getframe(1)
    if forks(frame):
        note(frame, "fork", '"pp":%d' % os.getppid())


started = set()  # the id()s of the learner's threads that haven't begun


def thread_starts(frame, thread):
    started.add(id(thread))
    result, error = yield
    if error is None:
        note(frame, "tstart", '"th":%s' % quoted(thread._name))


def thread_runs(frame, thread):
    """All of a thread."""
    ident = get_ident()
    threads[ident] = thread
    noted = id(thread) in started
    started.discard(id(thread))
    if noted:
        note(frame, "trun")
    yield
    if noted:
        note(frame, "tend")
    del threads[ident]


def thread_joins(frame, thread, timeout=None):
    name = quoted(thread._name)
    note(frame, "tjoin", '"th":%s,"timeout":%s' % (name, seconds(timeout)))
    yield
    note(frame, "tjoined", '"th":%s' % name)


def seconds(timeout):
    """A timeout in JSON."""
    return repr(timeout) if type(timeout) in (int, float) and timeout - timeout == 0 else "null"


THREADING = (
    ("Thread", "start", thread_starts),
    ("Thread", "_bootstrap_inner", thread_runs, always),
    ("Thread", "join", thread_joins),
)
WATCHED = {"threading", "queue", "subprocess", "concurrent.futures._base"}
WATCHED |= {"concurrent.futures.process", *map("multiprocessing.".__add__, (
    "connection", "context", "pool", "popen_fork", "popen_forkserver", "process",
    "queues", "reduction", "synchronize",
))}


def imported(name, module):
    """Hooks the methods of a module."""
    table = THREADING
    try:
        if name != "threading":
            from mp_demo_calls import HOOKS
            table = HOOKS[name]
        for owner, method, notes, *noted in table:
            hook(getattr(module, owner), method, notes, *noted)
    except Exception as error:
        forgive(error)


class Finder:
    """Stands first in sys.meta_path, and has `imported` called when a module has been loaded."""

    def find_spec(self, name, path=None, target=None):
        if name == "mp_demo_calls":
            path = [CODE]
        elif name not in WATCHED:
            return None
        for finder in sys.meta_path:
            spec = finder is not self and finder.find_spec(name, path, target)
            if spec:
                break
        if spec and name in WATCHED:
            load = spec.loader.exec_module

            def exec_module(module):
                del spec.loader.exec_module
                load(module)
                imported(name, module)

            spec.loader.exec_module = exec_module
        return spec or None


def start(run):
    """Starts the hook. `run` is the folder with the FIFO and the settings."""
    global directory, log_path, started_by
    for line in open(run + "/settings"):
        key, _, setting = line.strip().partition("=")
        settings[key] = setting
    for key in ("capture", "values", "jitter", "seed"):
        settings[key] = int(settings.get(key) or 0)
    settings["speed"] = float(settings.get("speed") or 1)
    for key in ("out", "err"):
        settings[key] = tuple(map(int, settings.get(key, "0:0").split(":")))
    log_path = run + "/log"
    directory = os.getcwd()
    with open("/proc/self/cmdline") as file:
        command = file.read().split("\0")[:-1]
    for name in ("forkserver", "resource_tracker", "spawn"):
        if any("from multiprocessing.%s import" % name in arg for arg in command):
            started_by = name
    connect()
    hello = '"pp":%d,"v":"%d.%d.%d","k":"%s","cmd":[%s]'
    command = ",".join(map(quoted, command))
    note(None, "hello", hello % (os.getppid(), *sys.version_info[:3], started_by, command))
    seed(started_by)
    replace(time, "sleep", slept)
    replace(os, "_exit", exits)
    sys.modules["posix"]._exit = os._exit
    os.register_at_fork(before=before_fork, after_in_child=in_child)
    for number, stream in ((1, sys.stdout), (2, sys.stderr)):
        if stream is not None:
            outputs.append(Output(number, stream))
    sys.meta_path.insert(0, Finder())
    for name in WATCHED & set(sys.modules):
        imported(name, sys.modules[name])
