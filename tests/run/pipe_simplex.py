"""A pipe in one direction, read up to EOFError."""
from multiprocessing import Pipe, Process, set_start_method
import sys


def child(sender):
    for n in range(3):
        sender.send(n)
    sender.close()


if __name__ == "__main__":
    if sys.argv[1:]:
        set_start_method(sys.argv[1])
    receiver, sender = Pipe(duplex=False)
    p = Process(target=child, args=(sender,))
    p.start()
    sender.close()
    while True:
        try:
            n = receiver.recv()
        except EOFError:
            break
        print("main:", n)
    p.join()
    print("main: end")
