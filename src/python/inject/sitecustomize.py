"""Python imports this file at its start, because `mp-demo run` has put its folder into PYTHONPATH.

It starts mp-demo's hook, which tells mp-demo what this process does with other processes, and then
loads the sitecustomize that would have been loaded without it. Each Python from 2.7 on has to be
able to read it, and nothing in it may disturb the program.
"""

import os
import sys
import time


def unseen(run, why):
    """Tells mp-demo that it won't see anything of this process."""
    clock = getattr(time, "monotonic", lambda: float(open("/proc/uptime").read().split()[0]))
    fields = (clock() * 1000000, os.getpid()) + sys.version_info[:3] + (why,)
    record = '{"m":1,"t":%d,"p":%d,"e":"unseen","v":"%d.%d.%d","why":"%s"}\n' % fields
    log = os.open(run + "/log", os.O_WRONLY | os.O_APPEND)
    os.write(log, record.encode("ascii"))
    os.close(log)


def start():
    """Starts the hook if it knows this Python, and takes mp-demo's folders out of sys.path."""
    code = os.path.dirname(os.path.abspath(__file__))
    path = os.environ["PYTHONPATH"].split(os.pathsep)
    run = path[path.index(code) + 1]
    frugal = sys.dont_write_bytecode
    try:
        if sys.version_info < (3, 8):
            unseen(run, "version")
        elif sys.implementation.name != "cpython":
            unseen(run, sys.implementation.name)
        elif "t" in getattr(sys, "abiflags", ""):
            unseen(run, "free-threaded")
        else:
            sys.dont_write_bytecode = False  # It is asked of the program's files, not of these.
            if not os.path.exists(__spec__.cached):
                __loader__.get_code(__name__)  # which writes it
            import mp_demo_hook

            mp_demo_hook.start(run)
    finally:
        sys.dont_write_bytecode = frugal
        sys.path[:] = [entry for entry in sys.path if entry not in (code, run)]


try:
    start()
except Exception:  # mp-demo may have ended, and its folders may be gone.
    pass

# The sitecustomize that this one hides, which has the name from here on. If there is none, site.py
# gets the ImportError that it would have got.
ours = sys.modules.pop("sitecustomize")
import sitecustomize  # noqa: E402, F401
