# Two processes are connected, and each receives first.
# edge: P value P.1
# edge: P.1 value P
# shape: circle P P.1
# repair: one_speaks_first
import multiprocessing
from multiprocessing.connection import Client, Listener

def call(address):
    with Client(address) as end:
        end.recv()

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    with Listener(family="AF_UNIX") as listener:
        child = multiprocessing.Process(target=call, args=(listener.address,))
        child.start()
        with listener.accept() as end:
            end.recv()
