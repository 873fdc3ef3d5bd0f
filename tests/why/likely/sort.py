# sort removes its files when a signal ends it, SIGALRM among others; it sets no timer. Its stdin is not closed.
# unless: SIGHUP SIGINT SIGQUIT SIGALRM SIGTERM SIGVTALRM SIGPROF SIGIO
import subprocess
import sys

child = subprocess.Popen(["sort"], stdin=subprocess.PIPE)
print("ready", file=sys.stderr, flush=True)
child.wait()
