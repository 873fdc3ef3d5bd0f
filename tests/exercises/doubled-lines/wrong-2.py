import os


def child():
    print("In the child")


print("Before the fork")
pid = os.fork()
if pid == 0:
    child()
    raise SystemExit
else:
    os.waitpid(pid, 0)
    print("In the parent")
