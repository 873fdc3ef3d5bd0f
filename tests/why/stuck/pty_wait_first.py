# The parent waits for the end of a program whose terminal it has to read.
# edge: P end P.1
# edge: P.1 room P
# shape: circle P P.1
# repair: read_before_wait
# line: P pty_wait_first.py:14 in <module>: os.waitpid(pid, 0)
# says: waits in os.waitpid() for
import os
import pty

pid, fd = pty.fork()
if pid == 0:
    os.execvp("seq", ["seq", "100000"])
os.waitpid(pid, 0)
