import os


def child():
    print("In the child")


print("Before the fork")
child()
print("In the parent")
