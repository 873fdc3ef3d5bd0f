# The parent has printed its message into a buffer of its own; cat never gets it.
# edge: P value P.1
# edge: P.1 value P
# shape: circle P P.1
# repair: one_speaks_first
import subprocess

child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
child.stdin.write("hello\n")
child.stdout.readline()
