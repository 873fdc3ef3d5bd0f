# A handler for SIGALRM may stand for a timer, which the kernel doesn't show.
# unless: SIGALRM
import os
import signal
import sys

def late(number, frame):
    raise TimeoutError

signal.signal(signal.SIGALRM, late)
signal.alarm(1000)
reader, writer = os.pipe()
print("ready", file=sys.stderr, flush=True)
os.read(reader, 1)
