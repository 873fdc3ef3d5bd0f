"""os.fork(), a pipe of descriptors, and a child that leaves through os._exit."""
import os

reading, writing = os.pipe()
pid = os.fork()
if pid == 0:
    os.close(reading)
    os.write(writing, b"hello from the child")
    print("child: prints, and nobody will see it")
    os._exit(3)
os.close(writing)
print("main:", os.read(reading, 100).decode())
_, status = os.waitpid(pid, 0)
print("main: status", os.WEXITSTATUS(status))
