# because: an alarm will end its read from a pipe that nobody else has
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
