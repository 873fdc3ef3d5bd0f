# Two processes are connected, and each receives first.
# edge: P value P.1
# edge: P.1 value P
# shape: circle P P.1
# repair: who_sends
# line: P both_receive.py:22 in <module>: end.recv()
# line: P.1 both_receive.py:14 in call: end.recv()
# says: waits in end.recv() for a message or end-of-file
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
