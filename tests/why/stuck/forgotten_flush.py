# The parent has printed its message into a buffer of its own; cat never gets it.
# edge: P value P.1
# edge: P.1 value P
# shape: circle P P.1
# repair: flush
# line: P forgotten_flush.py:12 in <module>: child.stdout.readline()
# says: waits in child.stdout.readline() for data
import subprocess

child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
child.stdin.write("hello\n")
child.stdout.readline()
