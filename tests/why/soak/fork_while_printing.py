# The same with print() and a bare fork: a thread has the lock of stdout's buffer.
# edge: P end P.1
# edge: P.1 thread P.1
# repair: no_fork_with_threads
# line: P fork_while_printing.py:26 in <module>: os.waitpid(child, 0)
# line: P.1 fork_while_printing.py:12 in work: print("child", flush=True)
import os
import sys
import threading

def work():
    print("child", flush=True)
    os._exit(0)

reader, writer = os.pipe()
lines = os.fdopen(reader, "rb")
sys.stdout = os.fdopen(writer, "w")
thread = threading.Thread(target=print, args=("x" * 1_000_000,), kwargs={"flush": True})
thread.start()
lines.peek(1)
child = os.fork()
if child == 0:
    work()
lines.readline()
thread.join()
os.waitpid(child, 0)
