# cat waits for the end of its stdin, and the other end is open in a brother, too, who waits for the same of his own.
# edge: P end P.1
# edge: P.1 value P.2
# edge: P.2 value P
# shape: circle P P.1 P.2
# repair: close_write_end
# line: P inherited_stdin.py:16 in <module>: first.wait()
# says: waits in first.wait() for
import os
import subprocess

first = subprocess.Popen(["cat"], stdin=subprocess.PIPE)
os.set_inheritable(first.stdin.fileno(), True)
second = subprocess.Popen(["cat"], stdin=subprocess.PIPE, close_fds=False)
first.stdin.close()
first.wait()
