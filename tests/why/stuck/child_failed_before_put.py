# A child fails before it writes, and its parent has kept the end for writing.
# says: ended with exit status 1.
# edge: P data P
# repair: close_write_end
# line: P child_failed_before_put.py:13 in <module>: os.read(ours[0], 1)
# says: waits in os.read() for data or end-of-file from a pipe (fd 3)
import os
import sys

ours = os.pipe()
if os.fork() == 0:
    os._exit(1)
os.read(ours[0], 1)
