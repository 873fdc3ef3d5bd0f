"""What is in the buffer at a fork is printed by both, when the output is no terminal."""
import os
import sys

print("main: before the fork")
pid = os.fork()
if pid == 0:
    print("child: behind the fork")
    sys.exit(0)
os.waitpid(pid, 0)
print("main: behind the fork")
