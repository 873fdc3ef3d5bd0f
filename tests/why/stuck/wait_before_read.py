# The parent waits for a program whose output nobody reads.
# edge: P end P.1
# edge: P.1 room P
# shape: circle P P.1
# repair: read_before_wait
# line: P wait_before_read.py:11 in <module>: program.wait()
# says: waits in program.wait() for
import subprocess

program = subprocess.Popen(["seq", "1000000"], stdout=subprocess.PIPE)
program.wait()
print(len(program.stdout.read()))
