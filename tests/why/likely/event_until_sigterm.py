# Its only thread waits for an event that its handler for SIGTERM sets.
# unless: SIGTERM
import signal
import sys
import threading

event = threading.Event()
signal.signal(signal.SIGTERM, lambda *unused: event.set())
print("ready", file=sys.stderr, flush=True)
event.wait()
