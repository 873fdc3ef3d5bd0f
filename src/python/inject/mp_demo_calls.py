"""The hooks for multiprocessing, subprocess, queue and concurrent.futures: what `wrap` in
mp_demo_hook.py calls notes, a table of what they stand at, and how objects are called.

An object's key is the same in all processes that share it: the inode of a pipe or socket, or the
name of a semaphore.
"""

import os
from _thread import get_ident

from mp_demo_hook import LIBRARY, always, directory, learner, message, note, quoted
from mp_demo_hook import seconds, seed, value, wrap

fed = set()  # keys of the queues into which this process puts
FIELD = '"o":%s'
MUTABLE = list, dict, set, bytearray
POOLS = LIBRARY + "multiprocessing/pool.py", LIBRARY + "concurrent/futures/"


# Keys


def end_key(connection):
    """The key of an end of a Pipe or a queue's pipe."""
    try:
        status = os.fstat(connection._handle)
    except (OSError, TypeError):
        return "null"  # It is closed.
    return '"%s:%d"' % ("p" if status.st_mode & 0o170000 == 0o010000 else "s", status.st_ino)


def queue_key(queue):
    reader = queue._reader
    return end_key(reader if reader._handle is not None else queue._writer)


def thread_queue_key(queue):
    return '"i:%d:%d"' % (os.getpid(), id(queue))


semaphores = {}  # by the address of the semaphore, which forked processes share
made_names = {}  # by thread: the name of the semaphore that is being made


def lock_key(lock):
    return semaphores.get(lock._semlock.handle, "null")


def key(thing):
    """The key of one of multiprocessing's objects."""
    for name, find in KEYS:
        if hasattr(thing, name):
            return find(thing)
    return "null"


KEYS = (
    ("_semlock", lock_key),
    ("_flag", lambda event: lock_key(event._flag)),
    ("_sleeping_count", lambda condition: lock_key(condition._sleeping_count)),
    ("_parties", lambda barrier: lock_key(barrier._cond._sleeping_count)),
    ("_writer", queue_key),
    ("_handle", end_key),
    ("_lock", lambda shared: lock_key(shared._lock)),
    ("_cache", lambda pool: pool_key(pool)),
)


# Names

statements = {}  # by file: the assignments in it


def assignments(file):
    """(first line, last line, target, value) of each assignment in a file. Without the module ast,
    which takes long to import."""
    if file not in statements:
        found = statements[file] = []
        try:
            with open(file, "rb") as source:
                todo = [compile(source.read(), file, "exec", 0x400)]  # ast.PyCF_ONLY_AST
        except (OSError, SyntaxError, ValueError):
            todo = []
        while todo:
            node = todo.pop()
            targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
            target = getattr(node, "optional_vars", None) or targets[0]
            made = getattr(node, "value", None) or getattr(node, "context_expr", None)
            if target is not None and made is not None:
                found.append((made.lineno, made.end_lineno, target, made))
            for field in node._fields:
                children = getattr(node, field)
                children = children if isinstance(children, list) else [children]
                todo += [child for child in children if hasattr(child, "_fields")]
    return statements[file]


def dotted(node):
    """`q` or `self.q`, in JSON; null for another target."""
    name = getattr(node, "id", None) or getattr(node, "attr", None)
    owner = dotted(node.value)[1:-1] + "." if hasattr(node, "attr") else ""
    return quoted(owner + name) if name and owner != "ul." else "null"


places = {}  # by line: the calls in it so far


def assigned(frame, kind):
    """What the line at a frame calls the object that it makes: targets, in JSON."""
    line = frame.f_lineno
    file = os.path.join(directory, frame.f_code.co_filename)
    found = [entry for entry in assignments(file) if entry[0] <= line <= entry[1]]
    if not found:
        return []
    target, made = min(found, key=lambda entry: entry[1] - entry[0])[2:]
    if hasattr(made, "elts") and len(made.elts) == len(getattr(target, "elts", ())):
        # `a, b = Queue(), Queue()`: they are made in this order.
        calls = places.setdefault((file, made.lineno), [])
        if frame.f_lasti not in calls:
            calls.append(frame.f_lasti)
        index = calls.index(frame.f_lasti)
        if index >= len(made.elts):
            return []
        target, made = target.elts[index], made.elts[index]
    function = getattr(made, "func", None)
    if kind not in (getattr(function, "attr", None), getattr(function, "id", None)):
        return []
    return [dotted(node) for node in getattr(target, "elts", [target])]


# Notes


def boolean(thing):
    return "true" if thing else "false"


def nothing(frame, *args, **kwargs):
    yield


def waits(frame, call, o, timeout=None):
    note(frame, "wait", '"call":"%s","o":%s,"timeout":%s' % (call, o, seconds(timeout)))


def failed(frame, call, o, error):
    """A call ended with an exception: one of its own, or one that a signal handler raised in it."""
    kind = "refused" if isinstance(error, Exception) else "returned"
    note(frame, kind, '"call":"%s","o":%s,"x":%s' % (call, o, quoted(type(error).__name__)))


def returned(frame, call, o, result, error):
    if error is not None:
        return failed(frame, call, o, error)
    result = "null" if result is None else boolean(result)
    note(frame, "returned", '"call":"%s","o":%s,"r":%s' % (call, o, result))


def waiting(call, key):
    """Notes of a method that waits, maybe up to a timeout."""

    def notes(frame, thing, timeout=None):
        o = key(thing)
        waits(frame, call, o, timeout)
        result, error = yield
        returned(frame, call, o, result, error)

    return notes


def calling(call, key, kind="called"):
    """Notes of a method that only does something to an object."""

    def notes(frame, thing, *args, **kwargs):
        o = key(thing)
        note(frame, kind, '"call":"%s","o":%s' % (call, o) if kind == "called" else '"o":%s' % o)
        result, error = yield
        if error is not None:
            failed(frame, call, o, error)

    return notes


def made(kind, call=None):
    """Notes of a method that makes an object, or of an `__init__`."""

    def notes(frame, owner, *args, **kwargs):
        result, error = yield
        things = result if kind == "Pipe" and error is None else [result or owner]
        o = key(things[0]) if error is None else "null"
        if o == "null":
            return
        names = assigned(frame, kind.split(".")[-1])
        fields = '"o":%s,"k":"%s","name":%s' % (o, kind, names[0] if names else "null")
        if kind == "Pipe":
            fields += ',"name2":%s' % (names[1] if len(names) == 2 else "null")
            if o[1] == "s":
                fields += ',"peer":%s' % key(things[1])
        size = getattr(things[0], "_processes", None) or (args or [*kwargs.values(), 0])[0]
        if type(size) is int and size > 0 and kind not in ("Value", "Array"):
            fields += ',"max":%d' % size
        if hasattr(things[0], "_lock"):
            fields += ',"lock":%s' % key(things[0]._lock)
        note(frame, "make", fields)

    return notes


# Queues and pipes


def put(frame, queue, obj, block=True, timeout=None):
    if frame.f_code.co_filename.startswith(POOLS):
        return (yield)
    o = queue_key(queue)
    fed.add(o)
    if not learner(frame):
        return (yield)
    mutable = ',"mut":1' if type(obj) in MUTABLE else ""
    note(frame, "put", '"o":%s,"v":%s%s' % (o, value(obj), mutable))
    full = block and queue._sem._semlock._is_zero()
    if full:
        waits(frame, "put", o, timeout)
    ended_put(frame, o, full, *(yield))


def ended_put(frame, o, waited, result, error):
    if type(error).__name__ == "Full":
        note(frame, "full", '"o":%s' % o)
    elif waited or error is not None:
        returned(frame, "put", o, result, error)


def get(frame, queue, block=True, timeout=None):
    if frame.f_code.co_name == "_process_worker":
        item, error = yield
        if error is None and item is not None:
            begin(frame, item.work_id, 0, item.fn, item.args)
        return
    if not learner(frame):
        return (yield)
    o = queue_key(queue)
    if block:
        waits(frame, "get", o, timeout)
    ended_get(frame, o, "", *(yield))


def ended_get(frame, o, number, result, error):
    if error is None:
        note(frame, "get", '"o":%s,"v":%s%s' % (o, value(result), number))
    elif type(error).__name__ == "Empty":
        note(frame, "empty", '"o":%s,"call":"get"' % o)
    else:
        failed(frame, "get", o, error)


def empty(frame, queue):
    o = queue_key(queue)
    result, error = yield
    if result:
        note(frame, "empty", '"o":%s,"call":"empty"' % o)


def dropped(frame, error, obj):
    """In the thread that feeds a queue's pipe: this can't be pickled."""
    o = end_key(frame.f_locals["send_bytes"].__self__)
    if o in fed:
        note(frame, "dropped", '"o":%s,"x":%s' % (o, quoted(type(error).__name__)))
    yield


pickled = {}  # by thread: what a mutable value was when it was pickled for the pipe


def pickles(frame, pickler, obj, protocol=None):
    if type(obj) in MUTABLE and frame.f_code.co_name == "_feed":
        pickled[get_ident()] = value(obj)
    yield


def put_simple(frame, queue, obj):
    if frame.f_code.co_filename.startswith(POOLS):
        end(frame, obj)
    elif learner(frame):
        note(frame, "put", '"o":%s,"v":%s' % (queue_key(queue), value(obj)))
    yield


def get_simple(frame, queue):
    if frame.f_code.co_name == "worker":
        task, error = yield
        if error is None and task is not None:
            begin(frame, *task[:4])
    elif learner(frame):
        o = queue_key(queue)
        waits(frame, "get", o)
        ended_get(frame, o, "", *(yield))
    else:
        yield


def put_between_threads(frame, queue, item, block=True, timeout=None):
    o = thread_queue_key(queue)
    note(frame, "put", '"o":%s,"v":%s,"id":%d' % (o, value(item), id(item)))
    full = block and 0 < queue.maxsize <= len(queue.queue)
    if full:
        waits(frame, "put", o, timeout)
    ended_put(frame, o, full, *(yield))


def get_between_threads(frame, queue, block=True, timeout=None):
    o = thread_queue_key(queue)
    if block:
        waits(frame, "get", o, timeout)
    result, error = yield
    ended_get(frame, o, ',"id":%d' % id(result), result, error)


def sends(frame, connection, obj, *args):
    """Connection.send, or send_bytes: by the learner, or for a queue, under its write lock."""
    o = end_key(connection)
    code = frame.f_code
    if code.co_name == "_feed":
        text = pickled.pop(get_ident(), None)
        if o in fed:
            note(frame, "fed", '"o":%s' % o + (',"v":%s' % text if text else ""))
    elif code.co_name == "put" and not code.co_filename.startswith(POOLS):
        if not frame.f_back.f_back.f_code.co_filename.startswith(POOLS):
            note(frame, "fed", '"o":%s' % o)
    elif learner(frame):
        note(frame, "send", '"o":%s,"v":%s' % (o, value(obj)))
        result, error = yield
        if error is not None:
            failed(frame, "send", o, error)
        return
    yield


def receives(frame, connection, *args):
    """Connection.recv, or recv_bytes: by the learner, or for a queue, under its read lock."""
    o = end_key(connection)
    if learner(frame):
        waits(frame, "recv", o)
        result, error = yield
        if error is None:
            note(frame, "recv", '"o":%s,"v":%s' % (o, value(result)))
        elif type(error) is EOFError:
            note(frame, "eof", '"o":%s' % o)
        else:
            failed(frame, "recv", o, error)
        return
    result, error = yield
    if error is None and frame.f_code.co_filename.endswith("/queues.py"):
        if not frame.f_back.f_back.f_code.co_filename.startswith(POOLS):
            note(frame, "took", '"o":%s' % o)


def polls(frame, connection, timeout=0.0):
    if timeout == 0:
        return (yield)
    o = end_key(connection)
    waits(frame, "poll", o, timeout)
    returned(frame, "poll", o, *(yield))


# Locks


def names_semaphore(frame):
    name, error = yield
    made_names[get_ident()] = name


def makes_methods(frame, lock):
    """`acquire` and `release` are attributes of each lock: they are replaced when it is made."""
    semlock = lock._semlock
    name = semlock.name or made_names.pop(get_ident(), None)
    if name:
        semaphores[semlock.handle] = quoted("m:" + name)
    yield
    lock.acquire = wrap(semlock.acquire, lambda frame, *args: acquires(frame, semlock, *args))
    lock.release = wrap(semlock.release, lambda frame: releases(frame, semlock))


RECURSIVE = 0


def acquires(frame, semlock, block=True, timeout=None):
    o = semaphores.get(semlock.handle, "null")
    if semlock.acquire(False):
        result = True
    elif block:
        waits(frame, "acquire", o, timeout)
        result, error = yield
        if not result:
            return returned(frame, "acquire", o, result, error)
    else:
        returned(frame, "acquire", o, False, None)
        return False
    if semlock.kind != RECURSIVE or semlock._count() == 1:
        note(frame, "acquired", '"o":%s' % o)
    return True


def releases(frame, semlock):
    o = semaphores.get(semlock.handle, "null")
    if semlock.kind == RECURSIVE:
        noted = semlock._is_mine() and semlock._count() == 1
    else:
        noted = semlock._get_value() < semlock.maxvalue
    if noted:
        note(frame, "release", '"o":%s' % o)
    result, error = yield
    if error is not None:
        failed(frame, "release", o, error)


def enters(frame, lock):
    return (yield from acquires(frame, lock._semlock))


def leaves(frame, lock, *args):
    return releases(frame, lock._semlock)


def waits_for_notify(frame, condition, timeout=None):
    """Condition.wait, which gives its lock away and takes it again."""
    o, lock = key(condition), lock_key(condition._lock)
    held = condition._lock._semlock._is_mine()
    if held:
        note(frame, "release", '"o":%s' % lock)
        waits(frame, "wait", o, timeout)
    result, error = yield
    if held:
        note(frame, "acquired", '"o":%s' % lock)
    returned(frame, "wait", o, result, error)


# Processes


def name_of(target):
    """The name of a target or task, in JSON."""
    while type(target).__name__ == "partial":
        target = target.func
    if type(target).__name__ not in ("function", "method", "builtin_function_or_method", "type"):
        target = type(target)
    return quoted(target.__name__)


def described(process):
    """What `start` and `run` say of a process."""
    run = type(process).run
    target = name_of(process._target) if process._target else "null"
    if run.__module__ != "multiprocessing.process":
        target = quoted(type(process).__name__)
    function = getattr(process._target, "func", process._target)
    library = (getattr(function, "__module__", None) or "").startswith(LIBRARIES)
    fields = quoted(process.name), target, boolean(library), boolean(process.daemon)
    return '"name":%s,"target":%s,"lib":%s,"daemon":%s' % fields


LIBRARIES = "multiprocessing.", "concurrent.futures."


def starts(frame, process):
    described_before = described(process)  # start() forgets the target
    result, error = yield
    if error is None:
        popen = process._popen
        fields = popen.pid, described_before, popen.method
        note(frame, "start", '"c":%d,%s,"method":"%s"' % fields)


def runs(frame, process, parent_sentinel=None):
    """All of a child of multiprocessing's."""
    method = process._start_method
    if method is None:
        import multiprocessing.context as context
        method = context._default_context._actual_context._name
    seed(process.name)
    fields = process._parent_pid, described(process), method
    note(frame, "run", '"pp":%d,%s,"method":"%s"' % fields)
    yield


def joins(frame, process, timeout=None):
    note(frame, "join", '"c":%s,"timeout":%s' % (pid(process), seconds(timeout)))
    yield
    status = getattr(process, "_popen", process).returncode
    note(frame, "joined", '"c":%s,"ended":%s' % (pid(process), boolean(status is not None)))


def pid(process):
    return process.pid or "null"


def signals(call, number=None):
    def notes(frame, process, signal=None):
        fields = pid(process), number or signal, call
        note(frame, "signal", '"c":%s,"s":%d,"call":"%s"' % fields)
        yield

    return notes


def learns_status(frame, process, *args, **kwargs):
    known = process.returncode is not None
    yield
    if not known and process.returncode is not None:
        note(frame, "status", '"c":%d,"code":%d' % (process.pid, process.returncode))


def starts_program(frame, popen, args, *rest, **kwargs):
    result, error = yield
    if error is None:
        command = [args] if isinstance(args, (str, bytes, os.PathLike)) else args
        command = ",".join(quoted(os.fsdecode(word)) for word in command)
        note(frame, "popen", '"c":%d,"cmd":[%s]' % (popen.pid, command))


# Pools and executors


def from_outside(frame):
    """Whether the learner calls a pool or executor, maybe by another method of it."""
    while frame.f_code.co_filename.startswith(POOLS):
        frame = frame.f_back
    return learner(frame)


def pool_key(pool):
    """The pool's results know its cache, but not always the pool itself."""
    return '"w:%d:%d"' % (os.getpid(), id(pool._cache))


def executor_key(executor):
    return '"w:%d:%d"' % (os.getpid(), id(executor))


futures = None  # a WeakKeyDictionary: the executor's key, and the job's number, of each future


def begin(frame, job, i, function, args):
    n = 1
    if name_of(function) in ('"mapstar"', '"starmapstar"'):
        function, chunk = args[0]
        n = len(chunk)
    elif name_of(function) == '"_process_chunk"':
        function, n = function.args[0], len(args[0])
    fields = job, i, name_of(function), n
    note(frame, "begin", '"job":%d,"i":%d,"fn":%s,"num":%d' % fields)


def end(frame, obj):
    """A worker sends a result: a tuple in a pool, a _ResultItem in an executor."""
    if frame.f_code.co_name == "worker":
        job, i, (good, error) = obj
        error = None if good else error
    elif frame.f_code.co_name == "_sendback_result":
        job, i, error = obj.work_id, 0, obj.exception
    else:
        return
    error = getattr(error, "exc", error)
    x = msg = "null"
    if error is not None:
        x, msg = quoted(type(error).__name__), message(error)
    note(frame, "end", '"job":%d,"i":%d,"x":%s,"msg":%s' % (job, i, x, msg))


def submits(frame, result, *args):
    """A result object of a pool is made, before its tasks are sent."""
    yield
    while frame.f_code.co_name == "__init__":
        frame = frame.f_back
    names, call = frame.f_locals, frame
    while call.f_back.f_code.co_filename.startswith(POOLS):
        call = call.f_back
    iterable = names.get("iterable")
    n = "1" if iterable is None else len(iterable) if hasattr(iterable, "__len__") else "null"
    fields = pool_key(result), result._job, n, name_of(names["func"]), call.f_code.co_name
    note(frame, "submit", '"o":%s,"job":%d,"num":%s,"fn":%s,"call":"%s"' % fields)


def submits_to_executor(frame, item, future, function, args, kwargs):
    global futures
    if futures is None:
        from weakref import WeakKeyDictionary
        futures = WeakKeyDictionary()
    executor = frame.f_locals["self"]
    futures[future] = o, job = executor_key(executor), executor._queue_count
    n = 1
    if name_of(function) == '"_process_chunk"':
        function, n = function.args[0], len(args[0])
    call = "submit" if learner(frame.f_back) else "map"
    fields = o, job, n, name_of(function), call
    note(frame, "submit", '"o":%s,"job":%d,"num":%d,"fn":%s,"call":"%s"' % fields)
    yield


def awaits(frame, result, timeout=None):
    """A pool's result, or a future of an executor's."""
    if hasattr(result, "_job"):
        o, job, ready = pool_key(result), result._job, getattr(result, "_event", None)
        ready = ready.is_set() if ready else result._items or result._index == result._length
    else:
        o, job = futures.get(result, (None, 0)) if futures else (None, 0)
        ready = o is None or result.done()
    if ready:
        return (yield)
    fields = o, seconds(timeout), job
    note(frame, "wait", '"call":"result","o":%s,"timeout":%s,"job":%d' % fields)
    result, error = yield
    x = "null" if error is None else quoted(type(error).__name__)
    note(frame, "returned", '"call":"result","o":%s,"r":null,"x":%s,"job":%d' % (o, x, job))


def pool_method(call, key):
    """A pool or an executor is ended, or waited for."""
    return waiting("result", key) if call in ("join", "shutdown") else calling(call, key)


KINDS = (
    "Pipe", "Queue", "JoinableQueue", "SimpleQueue", "Lock", "RLock", "Semaphore", "BoundedSemaphore",
    "Condition", "Event", "Barrier", "Value", "Array", "Pool",
)


def is_wait(frame):
    """subprocess.run() and others wait for the learner."""
    while frame.f_code.co_filename.endswith("/subprocess.py"):
        frame = frame.f_back
    return learner(frame)


HOOKS = {
    "multiprocessing.process": (
        ("BaseProcess", "start", starts, always),
        ("BaseProcess", "_bootstrap", runs, always),
        ("BaseProcess", "join", joins),
        ("BaseProcess", "terminate", signals("terminate", 15)),
        ("BaseProcess", "kill", signals("kill", 9)),
        ("BaseProcess", "interrupt", signals("interrupt", 2)),
    ),
    "multiprocessing.popen_fork": (("Popen", "poll", learns_status, always),),
    "multiprocessing.popen_forkserver": (("Popen", "poll", learns_status, always),),
    "multiprocessing.context": [("BaseContext", kind, made(kind)) for kind in KINDS],
    "multiprocessing.queues": (
        ("Queue", "put", put, always),
        ("Queue", "get", get, always),
        ("Queue", "empty", empty),
        ("Queue", "close", calling("close", queue_key, "close")),
        ("Queue", "_on_queue_feeder_error", dropped, always),
        ("JoinableQueue", "put", put, always),
        ("JoinableQueue", "task_done", calling("task_done", queue_key, "task_done")),
        ("JoinableQueue", "join", waiting("join", queue_key)),
        ("SimpleQueue", "put", put_simple, always),
        ("SimpleQueue", "get", get_simple, always),
        ("SimpleQueue", "empty", empty),
        ("SimpleQueue", "close", calling("close", queue_key, "close")),
    ),
    "multiprocessing.reduction": (("ForkingPickler", "dumps", pickles, always),),
    "multiprocessing.connection": (
        ("_ConnectionBase", "send", sends),
        ("_ConnectionBase", "send_bytes", sends, always),
        ("_ConnectionBase", "recv", receives),
        ("_ConnectionBase", "recv_bytes", receives, always),
        ("_ConnectionBase", "poll", polls),
        ("_ConnectionBase", "close", calling("close", end_key, "close")),
    ),
    "multiprocessing.synchronize": (
        ("SemLock", "_make_name", names_semaphore, always),
        ("SemLock", "_make_methods", makes_methods, always),
        ("SemLock", "__enter__", enters),
        ("SemLock", "__exit__", leaves),
        ("Event", "wait", waiting("wait", key)),
        ("Event", "set", calling("set", key)),
        ("Event", "clear", calling("clear", key)),
        ("Condition", "wait", waits_for_notify),
        ("Condition", "notify", calling("notify", key)),
        ("Condition", "notify_all", calling("notify_all", key)),
        ("Barrier", "wait", waiting("wait", key)),
        ("Barrier", "abort", calling("abort", key)),
        ("Barrier", "reset", calling("reset", key)),
    ),
    "multiprocessing.pool": (
        ("ApplyResult", "__init__", submits, from_outside),
        ("IMapIterator", "__init__", submits, from_outside),
        ("ApplyResult", "wait", awaits, from_outside),
        ("IMapIterator", "next", awaits, from_outside),
        ("IMapIterator", "__next__", awaits, from_outside),
        ("Pool", "join", pool_method("join", pool_key)),
        ("Pool", "close", pool_method("close", pool_key)),
        ("Pool", "terminate", pool_method("terminate", pool_key)),
    ),
    "concurrent.futures._base": (
        ("Future", "result", awaits, from_outside),
        ("Future", "exception", awaits, from_outside),
    ),
    "concurrent.futures.process": (
        ("ProcessPoolExecutor", "__init__", made("ProcessPoolExecutor")),
        ("ProcessPoolExecutor", "shutdown", pool_method("shutdown", executor_key)),
        ("_WorkItem", "__init__", submits_to_executor, from_outside),
    ),
    "queue": [
        ("Queue", "__init__", made("queue.Queue")),
        ("Queue", "put", put_between_threads),
        ("Queue", "get", get_between_threads),
        ("Queue", "task_done", calling("task_done", thread_queue_key, "task_done")),
        ("Queue", "join", waiting("join", thread_queue_key)),
    ],
    "subprocess": (
        ("Popen", "__init__", starts_program, always),
        ("Popen", "wait", joins, is_wait),
        ("Popen", "_handle_exitstatus", learns_status, always),
        ("Popen", "send_signal", signals("send_signal")),
        ("Popen", "terminate", signals("terminate", 15)),
        ("Popen", "kill", signals("kill", 9)),
    ),
}
