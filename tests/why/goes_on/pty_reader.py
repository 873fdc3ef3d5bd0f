# because: whoever has the terminal's other side sleeps before it reads
import os
import pty
import sys
import time

pid, fd = pty.fork()
if pid == 0:
    os.execvp("seq", ["seq", "100000"])
print("ready", file=sys.stderr, flush=True)
time.sleep(1000)
