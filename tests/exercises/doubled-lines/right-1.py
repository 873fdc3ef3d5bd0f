import os


def child():
    print("In the child")


print("Before the fork", flush=True)
pid = os.fork()
if pid == 0:
    child()
else:
    os.waitpid(pid, 0)
    print("In the parent")
