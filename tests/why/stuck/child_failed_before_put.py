# A child fails before it writes, and its parent has kept the end for writing.
# says: ended with exit status 1.
# edge: P data P
# repair: close_write_end
import os
import sys

ours = os.pipe()
if os.fork() == 0:
    os._exit(1)
os.read(ours[0], 1)
