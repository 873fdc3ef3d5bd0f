"""The hooks for multiprocessing, concurrent.futures, queue and subprocess: notes on their calls,
which `wrap` in mp_demo_hook.py explains, and at the end a table of the methods that get them.

An object has the same key, `o`, in all processes that share it: the inode of its pipe or socket, or
the name of its semaphore. Keys are in JSON.
"""

import os
from _functools import partial
from _pickle import loads
from _thread import get_ident
from select import POLLIN, poll
from weakref import WeakKeyDictionary

# No name of the module itself: it would outlive Python's streams, emptied, and its hooks would fail.
from mp_demo_hook import LIBRARY, LIMIT, always, class_name, copied, directory, hook, learner
from mp_demo_hook import message, named, note, quoted, seed, value, wrap

POOLS = LIBRARY + "multiprocessing/pool.py", LIBRARY + "concurrent/futures/"
LIBRARYS_OWN = "multiprocessing.pool", "multiprocessing.managers", "concurrent.futures."
QUEUES = LIBRARY + "multiprocessing/queues.py"
SUBPROCESS = LIBRARY + "subprocess.py"
RECURSIVE = 0  # the kind of an RLock's semaphore

semaphores = {}  # keys of semaphores by their addresses, which forked processes share
new_names = {}  # by thread: the name of the semaphore that is being made
fed = set()  # keys of the queues into which this process puts
got = set()  # threads whose get() is noted already
pickled = {}  # by thread: what a mutable value was when it was pickled for a queue
futures = WeakKeyDictionary()  # the executor's key, and the job's number, of each future
sources = {}  # by file: its lines
pool_files = {}  # whether a file is one of a pool's
calls = {}  # by file and line: where in it something has been made, in order


def end_key(connection):
    """The key of an end of a pipe, which the end remembers."""
    try:
        return connection._mp_demo_key
    except AttributeError:
        pass
    try:
        status = os.fstat(connection._handle)
    except (OSError, TypeError):  # It is closed.
        return "null"
    kind = "p" if status.st_mode & 0o170000 == 0o010000 else "s"
    connection._mp_demo_key = key = '"%s:%d"' % (kind, status.st_ino)
    return key


def is_ready(connection):
    """Whether something can be received without waiting, from a queue's pipe, under its lock."""
    asked = getattr(connection, "_mp_demo_poll", None)
    if asked is None:
        asked = connection._mp_demo_poll = poll()
        asked.register(connection._handle, POLLIN)
    return asked.poll(0)


def lock_key(lock):
    return semaphores.get(lock._semlock.handle, "null")


def local_key(thing, kind="i"):
    """The key of an object that is in one process only."""
    return '"%s:%d:%d"' % (kind, os.getpid(), id(thing))


def pool_key(pool):
    """For a pool's results as well: these know its cache, but not always the pool itself."""
    return local_key(getattr(pool, "_cache", pool), "w")


KEYS = {  # by an attribute that only this kind of object has
    "_writer": lambda queue: end_key(queue._reader) if queue._reader._handle is not None
    else end_key(queue._writer),
    "_semlock": lock_key,
    "_handle": end_key,
    "_flag": lambda event: lock_key(event._flag),
    "_sleeping_count": lambda condition: lock_key(condition._sleeping_count),
    "_parties": lambda barrier: lock_key(barrier._cond._sleeping_count),
    "_obj": lambda shared: lock_key(shared._lock),
    "unfinished_tasks": local_key,
    "_cache": pool_key,
    "_max_workers": pool_key,
}


def key(thing):
    for attribute, find in KEYS.items():
        if hasattr(thing, attribute):
            return find(thing)
    return "null"


def source_line(frame):
    file = frame.f_code.co_filename
    if file not in sources:
        try:
            with open(os.path.join(directory, file), encoding="utf-8", errors="replace") as source:
                sources[file] = source.read().split("\n")
        except OSError:
            sources[file] = []
    return "".join(sources[file][frame.f_lineno - 1 : frame.f_lineno])


def assigned(frame, kind):
    """What the line at a frame calls the object that it makes: up to two names."""
    for part in source_line(frame).split(";"):
        left, _, right = part.partition("=")
        if part.lstrip().startswith("with "):
            right, _, left = part.strip(" :")[5:].partition(" as ")
        names = [name.strip() for name in left.partition(":")[0].split(",")]
        names = [name if name.replace(".", "").isidentifier() else None for name in names]
        values = right.split("),") if len(names) > 1 else [right]
        if len(values) == len(names) > 1:
            # `a, b = Queue(), Lock()` makes them in this order.
            places = calls.setdefault((frame.f_code.co_filename, frame.f_lineno), [])
            if frame.f_lasti not in places:
                places.append(frame.f_lasti)
            index = places.index(frame.f_lasti)
            values, names = values[index : index + 1], names[index : index + 1]
        if len(values) == 1 and values[0].partition("(")[0].strip().split(".")[-1] == kind:
            return (names + [None])[:2]
    return None, None


def makes(kind, module=""):
    """For a method that makes an object, or an `__init__`."""

    def notes(frame, owner, *args, **kwargs):
        return lambda result, error: error is None and made(frame, owner, args, kwargs, result)

    def made(frame, owner, args, kwargs, result):
        ends = result if kind == "Pipe" else [owner if result is None else result]
        k = type(owner).__name__ if type(owner).__module__ == "queue" else kind
        o, (name, name2) = key(ends[0]), assigned(frame, k)
        fields = '"o":%s,' % o + named(k=module + k, name=name)
        if kind == "Pipe":
            fields += "," + named(name2=name2)
            fields += ',"peer":%s' % key(ends[1]) if o[1] == "s" else ""
        size = [*args, *kwargs.values(), 0][0]
        size = getattr(ends[0], "_max_workers", getattr(ends[0], "_processes", size))
        if type(size) is int and size > 0 and kind not in ("Value", "Array"):
            fields += "," + named(max=size)
        if hasattr(ends[0], "_lock"):
            fields += ',"lock":%s' % key(ends[0]._lock)
        if o != "null":
            note(frame, "make", fields)

    return notes


def waits(frame, call, o):
    note(frame, "wait", '"o":%s,"call":"%s"' % (o, call))


def returns(frame, call, o, result, error):
    """A call has ended, maybe by an exception, of its own or of a signal handler."""
    x = error and class_name(error)
    r = result if type(result) is bool else None
    kind = "refused" if isinstance(error, Exception) else "returned"
    note(frame, kind, '"o":%s,' % o + named(call=call, r=r, x=x))


def does(call, kind="called"):
    """For a method of an object. When one that may wait returns is noted as well."""

    def notes(frame, thing, *args, **kwargs):
        o = key(thing)
        note(frame, kind, '"o":%s,"call":"%s"' % (o, call))

        def after(result, error):
            if kind == "wait" or error is not None:
                returns(frame, call, o, result, error)

        return after

    return notes


def closes(frame, connection):
    note(frame, "close", '"o":%s,"w":%d' % (end_key(connection), not connection.readable))


def in_pools(frame):
    file = frame.f_code.co_filename
    known = pool_files.get(file)
    if known is None:
        known = pool_files[file] = file.startswith(POOLS)
    return known


def outside(frame):
    """Whether the learner calls a pool or executor, maybe by another method of it."""
    while in_pools(frame):
        frame = frame.f_back
    return learner(frame)


def puts(frame, queue, obj, block=True, timeout=None):
    """For the queues of multiprocessing and `queue`; for a pool's, a task has ended."""
    if in_pools(frame.f_back if frame.f_code.co_name == "put_nowait" else frame):
        return ends_task(frame, obj)
    o = key(queue)
    fed.add(o)
    if not learner(frame):
        return None
    full = buffered = hasattr(queue, "_sem")
    fields = '"o":%s,"v":%s' % (o, value(obj))
    if buffered:
        full = queue._sem._semlock._is_zero()
        if type(obj) in (list, dict, set, bytearray):
            fields += ',"mut":1'
            watch_pickling()
    elif o[1] == "i":
        full = 0 < queue.maxsize <= len(queue.queue)
        fields += ',"id":%d' % id(obj)
    note(frame, "put", fields)
    if full and block:
        waits(frame, "put", o)

    def after(result, error):
        if error is not None and class_name(error) == "Full":
            note(frame, "full", '"o":%s' % o)
        elif full and block or error is not None:
            returns(frame, "put", o, result, error)

    return after


def gets(frame, queue, block=True, timeout=None):
    """The same; for a pool's queue, a task begins."""
    if in_pools(frame):
        return lambda task, error: task is not None and begins_task(frame, task)
    if not learner(frame):
        return None
    o = key(queue)
    # Of a queue between processes it is noted where it is certain that the call waits.
    if block and (timeout is not None or o[1] == "i"):
        waits(frame, "get", o)

    def after(result, error):
        if get_ident() in got:
            return got.discard(get_ident())
        if error is None:
            number = ',"id":%d' % id(result) if o[1] == "i" else ""
            note(frame, "get", '"o":%s,"v":%s%s' % (o, value(result), number))
        elif class_name(error) == "Empty":
            note(frame, "empty", '"o":%s,"call":"get"' % o)
        else:
            returns(frame, "get", o, result, error)

    return after


def finds_empty(frame, queue):
    return lambda result, error: result and note(
        frame, "empty", '"o":%s,"call":"empty"' % key(queue))


def drops(frame, error, obj):
    """In the thread that feeds a queue's pipe: a value can't be pickled."""
    o = end_key(frame.f_locals["send_bytes"].__self__)
    if o in fed:
        note(frame, "dropped", '"o":%s,' % o + named(x=class_name(error)))


def watch_pickling():
    """From the first put of a value that can change until it is pickled, pickling is noted."""
    from multiprocessing.reduction import ForkingPickler
    if not hasattr(ForkingPickler.dumps, "__wrapped__"):
        hook(ForkingPickler, "dumps", pickles, always)


def pickles(frame, pickler, obj, protocol=None):
    if frame.f_code.co_name == "_feed" and type(obj) in (list, dict, set, bytearray):
        pickled[get_ident()] = ',"v":' + value(obj)


# The lengths of pickles that are an int, None, a bool or a float, by their first byte.
PLAIN = {b"K": 3, b"M": 4, b"J": 6, b"N": 2, b"\x88": 2, b"\x89": 2, b"G": 10}


def is_plain(data):
    """Whether a pickle is one of these or a short string, so that to load it runs no code of the
    learner's and can't fail."""
    body = data[11:] if data[2:3] == b"\x95" else data[2:]
    first = body[:1]
    return len(body) == (body[1] + 4 if first == b"\x8c" else PLAIN.get(first))


def takes(frame, connection):
    """A queue receives, under its read lock."""
    caller = frame.f_back.f_back  # Between them is `call`.
    if in_pools(caller):
        return None
    o, seen = end_key(connection), learner(caller)
    if seen and not is_ready(connection):
        waits(caller, "get", o)

    def after(result, error):
        if error is None and seen and len(result) < LIMIT and is_plain(result):
            got.add(get_ident())
            note(caller, "get", '"o":%s,"took":1,"v":%s' % (o, value(loads(result))))
        elif error is None:
            note(None, "took", '"o":%s' % o)

    return after


def part(buffer, offset=0, size=None):
    """What a part of a bytes-like object has, as far as it may be shown."""
    bytes_of = memoryview(buffer).cast("B")[offset:][:size]
    return value(bytes(bytes_of[: LIMIT + 1]))


def into(size, buffer, offset=0):
    return part(buffer, offset, size)


def sends(show):
    """For `send` and `send_bytes`: by the learner, or for a queue, under its write lock."""

    def notes(frame, connection, *args, **kwargs):
        if frame.f_code.co_filename == QUEUES:
            now, o = pickled.pop(get_ident(), ""), end_key(connection)
            if o in fed:
                feeder = frame.f_code.co_name == "_feed"
                note(None if feeder else frame, "fed", '"o":%s%s' % (o, now))
            return None
        if not learner(frame):
            return None
        o = end_key(connection)
        note(frame, "send", '"o":%s,"v":%s' % (o, show(*args, **kwargs)))
        return lambda result, error: error and returns(frame, "send", o, result, error)

    return notes


def receives(show):
    """For `recv` and others: by the learner, or for a queue, under its read lock."""

    def notes(frame, connection, *args, **kwargs):
        if frame.f_code.co_filename == QUEUES:
            return takes(frame, connection)
        if not learner(frame):
            return None
        o = end_key(connection)
        waits(frame, "recv", o)

        def after(result, error):
            if error is None:
                note(frame, "recv", '"o":%s,"v":%s' % (o, show(result, *args)))
            elif isinstance(error, EOFError):
                note(frame, "eof", '"o":%s' % o)
            else:
                returns(frame, "recv", o, result, error)

        return after

    return notes


def polls(frame, connection, timeout=0.0):
    if timeout == 0:
        return None
    o = end_key(connection)
    waits(frame, "poll", o)
    return lambda result, error: returns(frame, "poll", o, result, error)


def names_semaphore(frame):
    return lambda name, error: new_names.update({get_ident(): name})


def makes_methods(frame, lock):
    """A lock gets `acquire` and `release`, which are attributes of each."""
    semlock = lock._semlock
    semaphores[semlock.handle] = quoted("m:" + (semlock.name or new_names[get_ident()]))

    def after(result, error):
        lock.acquire = wrap(semlock.acquire, partial(acquires, semlock))
        lock.release = wrap(semlock.release, partial(releases, semlock))

    return after


def keeps_locks(frame, queue, *args, **kwargs):
    """A queue's own locks keep their methods: only the library calls them."""

    def after(result, error):
        for lock in (queue._rlock, queue._wlock, queue._sem) if error is None else ():
            lock.acquire, lock.release = lock._semlock.acquire, lock._semlock.release

    return after


def acquires(semlock, frame, block=True, timeout=None):
    """Acquires a lock itself if that takes no time: only a wait is noted as such."""
    o = semaphores.get(semlock.handle, "null")
    if semlock.acquire(False):
        return acquired(frame, semlock, o)
    if not block:
        returns(frame, "acquire", o, False, None)
        return (False,)
    waits(frame, "acquire", o)

    def after(result, error):
        if result:
            acquired(frame, semlock, o)
        else:
            returns(frame, "acquire", o, result, error)

    return after


def acquired(frame, semlock, o):
    try:
        if semlock.kind != RECURSIVE or semlock._count() == 1:
            note(frame, "acquired", '"o":%s' % o)
    except BaseException:  # A signal handler has ended the call.
        semlock.release()
        raise
    return (True,)


def releases(semlock, frame):
    o = semaphores.get(semlock.handle, "null")
    if semlock.kind != RECURSIVE and semlock._get_value() < semlock.maxvalue or (
            semlock.kind == RECURSIVE and semlock._is_mine() and semlock._count() == 1):
        note(frame, "release", '"o":%s' % o)
        return None
    return lambda result, error: error and returns(frame, "release", o, result, error)


def enters(frame, lock):
    semlock = lock._semlock
    if learner(frame):
        return acquires(semlock, frame)
    if frame.f_code.co_filename == QUEUES and frame.f_code.co_name == "get":
        # It is the queue's read lock, for which the learner waits in get().
        if semlock.acquire(False):
            return (True,)
        caller = frame.f_back.f_back
        if learner(caller):
            waits(caller, "get", key(frame.f_locals["self"]))


def leaves(frame, lock, *args):
    return releases(lock._semlock, frame)


def waits_for_notify(frame, condition, timeout=None):
    """Condition.wait, which gives its lock away and takes it again."""
    o, lock = key(condition), lock_key(condition._lock)
    held = condition._lock._semlock._is_mine()
    if held:
        note(frame, "release", '"o":%s' % lock)
        waits(frame, "wait", o)

    def after(result, error):
        if held:
            note(frame, "acquired", '"o":%s' % lock)
        returns(frame, "wait", o, result, error)

    return after


def name_of(target):
    """The name of a target or a task's function."""
    while type(target).__name__ == "partial":
        target = target.func
    if type(target).__name__ not in ("function", "method", "builtin_function_or_method", "type"):
        target = type(target)
    return target.__name__


def described(process):
    target = process._target
    name = target and name_of(target)
    if type(process).run.__module__ != "multiprocessing.process":
        name = type(process).__name__
    library = getattr(getattr(target, "func", target), "__module__", None) or ""
    library = library.startswith(LIBRARYS_OWN)
    return dict(name=process.name, target=name, lib=library, daemon=process.daemon)


def starts(frame, process):
    fields = described(process)  # Afterwards it has forgotten its target.

    def after(result, error):
        if error is None:
            popen = process._popen
            note(frame, "start", named(c=popen.pid, method=popen.method, **fields))

    return after


def runs(frame, process, parent_sentinel=None):
    """All of a child of multiprocessing's."""
    method = process._start_method
    if method is None:
        from multiprocessing import get_start_method
        method = get_start_method()
    seed(process.name)
    known = dict(pp=process._parent_pid, copies=method == "fork" and copied())
    note(frame, "run", named(method=method, **known, **described(process)))


def joins(frame, process, timeout=None):
    """For multiprocessing's Process and subprocess's Popen."""
    if frame.f_code.co_filename == SUBPROCESS and process.returncode is not None:
        return None  # subprocess.run() asks again.
    note(frame, "join", named(c=process.pid))

    def after(result, error):
        ended = getattr(process, "_popen", process).returncode is not None
        note(frame, "joined", named(c=process.pid, ended=ended))

    return after


def learner_joins(frame):
    """subprocess.run() and others wait for the learner."""
    while frame.f_code.co_filename == SUBPROCESS:
        frame = frame.f_back
    return learner(frame)


def signals(call, number=None):
    def notes(frame, process, signal=None):
        note(frame, "signal", named(c=process.pid, s=int(number or signal), call=call))

    return notes


def learns_status(frame, popen, *args, **kwargs):
    if popen.returncode is not None:
        return None

    def after(result, error):
        if popen.returncode is not None:
            note(frame, "status", named(c=popen.pid, code=popen.returncode))

    return after


def starts_program(frame, popen, args, *rest, **kwargs):
    def after(result, error):
        if error is None:
            command = [args] if isinstance(args, (str, bytes, os.PathLike)) else args
            command = ",".join(quoted(os.fsdecode(word)) for word in command)
            note(frame, "popen", named(c=popen.pid) + ',"cmd":[%s]' % command)

    return after


def unpacked(function, args):
    """The learner's function in a task, and how many values it gets."""
    if name_of(function) in ("mapstar", "starmapstar"):
        return name_of(args[0][0]), len(args[0][1])
    if name_of(function) == "_process_chunk":
        return name_of(function.args[0]), len(args[0])
    return name_of(function), 1


def begins_task(frame, task):
    """A worker has got a task: a tuple in a pool, a _CallItem in an executor."""
    if frame.f_code.co_name not in ("worker", "_process_worker"):
        return
    task = task if type(task) is tuple else (task.work_id, 0, task.fn, task.args)
    job, i, function, args = task[:4]
    fn, num = unpacked(function, args)
    note(frame, "begin", named(job=job, i=i, fn=fn, num=num))


def ends_task(frame, obj):
    """A worker sends a result: a tuple in a pool, a _ResultItem in an executor."""
    if frame.f_code.co_name == "worker":
        job, i, (good, error) = obj
        error = None if good else error
    elif frame.f_code.co_name == "_sendback_result":
        job, i, error = obj.work_id, 0, obj.exception
    else:
        return
    error = getattr(error, "exc", error)
    x, msg = (None, None) if error is None else (class_name(error), message(error))
    note(frame, "end", named(job=job, i=i, x=x, msg=msg))


def submits(frame, result, *args, **kwargs):
    """The object for a pool's result is made, before the tasks are sent."""
    return lambda *ended: submitted(frame, result)


def submitted(frame, result):
    while frame.f_code.co_name == "__init__":
        frame = frame.f_back
    values, caller = frame.f_locals, frame
    if not hasattr(values["self"]._inqueue, "_reader"):
        return  # a ThreadPool
    while in_pools(caller.f_back):
        caller = caller.f_back
    num = values.get("iterable", [0])
    num = len(num) if hasattr(num, "__len__") else None
    call, fn = caller.f_code.co_name, name_of(values["func"])
    fields = named(job=result._job, num=num, fn=fn, call=call)
    fields += ',"cb":1' if values.get("error_callback") else ""
    note(frame, "submit", '"o":%s,' % pool_key(result) + fields)


def submits_to_executor(frame, item, future, function, args, kwargs):
    """A _WorkItem is made, before the executor's thread sees it."""
    executor = frame.f_locals["self"]
    futures[future] = o, job = pool_key(executor), executor._queue_count
    fn, num = unpacked(function, args)
    call = "submit" if learner(frame.f_back) else "map"
    note(frame, "submit", '"o":%s,' % o + named(job=job, num=num, fn=fn, call=call))


def awaits(frame, result, timeout=None):
    """For the result of a pool or an executor, if it isn't there yet, or is an exception."""
    if hasattr(result, "_job"):
        o, job = pool_key(result), result._job
        event = getattr(result, "_event", None)
        ready = event.is_set() if event else result._items or result._index == result._length
        ready = bool(ready)
    else:
        o, job = futures.get(result, (None, None))
        ready = o is None or result.done()
    fields = '"o":%s,' % o + named(call="result", job=job)
    if not ready:
        note(frame, "wait", fields)

    def after(value, error):
        error = value if isinstance(value, BaseException) else error  # from Future.exception()
        failed = error is not None and not isinstance(error, StopIteration)
        if o and (failed or not ready):
            note(frame, "returned", fields + "," + named(x=class_name(error) if failed else None))

    return after


def cancels(frame, future):
    o, job = futures.get(future, ("null", None))
    return lambda result, error: result and note(
        frame, "returned", '"o":%s,' % o + named(call="cancel", job=job))


KINDS = "Queue JoinableQueue SimpleQueue Pipe Lock RLock Semaphore BoundedSemaphore Condition"
KINDS += " Event Barrier Value Array Pool"
CLOSE = does("close", "close")
DONE = does("task_done", "task_done")
PROCESS = dict(terminate=signals("terminate", 15), kill=signals("kill", 9))
QUEUE = dict(put=puts, get=gets, empty=finds_empty, close=CLOSE)
WAIT = does("wait", "wait")
SEND_BYTES, RECV_BYTES = sends(part), receives(lambda result, *args: value(result))

HOOKS = {
    "multiprocessing.context": {"BaseContext": {kind: makes(kind) for kind in KINDS.split()}},
    "multiprocessing.process": {
        "BaseProcess": dict(start=starts, _bootstrap=runs, join=joins, **PROCESS)
    },
    "multiprocessing.popen_fork": {"Popen": dict(poll=learns_status)},
    "multiprocessing.popen_forkserver": {"Popen": dict(poll=learns_status)},
    "multiprocessing.queues": {
        "Queue": dict(
            QUEUE, __init__=keeps_locks, __setstate__=keeps_locks, _on_queue_feeder_error=drops
        ),
        "JoinableQueue": dict(put=puts, task_done=DONE, join=does("join", "wait")),
        "SimpleQueue": QUEUE,
    },
    "multiprocessing.connection": {
        "_ConnectionBase": dict(
            send=sends(value), send_bytes=SEND_BYTES, poll=polls, close=closes,
            recv=receives(value), recv_bytes=RECV_BYTES, recv_bytes_into=receives(into)
        ),
    },
    "multiprocessing.synchronize": {
        "SemLock": dict(
            _make_name=names_semaphore, _make_methods=makes_methods, __enter__=enters,
            __exit__=leaves
        ),
        "Event": dict(wait=WAIT, set=does("set"), clear=does("clear")),
        "Condition": dict(
            wait=waits_for_notify, notify=does("notify"), notify_all=does("notify_all")
        ),
        "Barrier": dict(wait=WAIT, abort=does("abort"), reset=does("reset")),
    },
    "multiprocessing.pool": {
        "ApplyResult": dict(__init__=submits, get=awaits, wait=lambda *args: awaits(*args)),
        "IMapIterator": dict(__init__=submits, next=awaits, __next__=awaits),
        "Pool": dict(
            close=does("close"), terminate=does("terminate"), join=does("result", "wait")
        ),
    },
    "concurrent.futures._base": {
        "Future": dict(result=awaits, exception=awaits, cancel=cancels)
    },
    "concurrent.futures.process": {
        "ProcessPoolExecutor": dict(
            __init__=makes("ProcessPoolExecutor"), shutdown=does("result", "wait")
        ),
        "_WorkItem": dict(__init__=submits_to_executor),
    },
    "queue": {
        "Queue": dict(
            __init__=makes("Queue", "queue."), put=puts, get=gets, empty=finds_empty,
            task_done=DONE, join=does("join", "wait")
        ),
    },
    "subprocess": {
        "Popen": dict(
            __init__=starts_program, wait=joins, _handle_exitstatus=learns_status,
            send_signal=signals("send_signal"), **PROCESS
        ),
    },
}

# Whose calls are noted: the learner's, if not for these.
NOTED = dict.fromkeys(
    (starts, runs, learns_status, puts, gets, drops, names_semaphore, makes_methods, enters,
     keeps_locks, SEND_BYTES, RECV_BYTES, starts_program), always)
NOTED[joins] = learner_joins
NOTED.update(dict.fromkeys((submits, submits_to_executor, awaits), outside))
