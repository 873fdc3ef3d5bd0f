# One of two children is killed before it sends; the other one has its end of the pipe open, too.
# says: was killed by SIGKILL (9).
# edge: P data P,P.1
# edge: P.1 data P,P.1
# repair: who_sends
# line: P child_killed_holding_end.py:19 in <module>: os.read(ours[0], 1)
# line: P.1 child_killed_holding_end.py:15 in <module>: os.read(never[0], 1)
import os
import signal
import sys

ours, never = os.pipe(), os.pipe()
first = os.fork()
if first == 0:
    os.read(never[0], 1)
second = os.fork()
if second == 0:
    os.kill(os.getpid(), signal.SIGKILL)
os.read(ours[0], 1)
