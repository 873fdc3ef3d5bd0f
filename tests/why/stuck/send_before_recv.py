# The parent joins a child that sends more than a pipe takes. Nobody has a thread for it, as with a queue.
# edge: P end P.1
# edge: P.1 room P,P.1
# shape: circle P P.1
# repair: read_before_wait
# line: P send_before_recv.py:20 in <module>: child.join()
# line: P.1 send_before_recv.py:13 in send: end.send("x" * 1_000_000)
# says: waits in child.join() for
# says: waits in end.send(): pipe full
import multiprocessing

def send(end):
    end.send("x" * 1_000_000)

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    receiver, sender = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.Process(target=send, args=(sender,))
    child.start()
    child.join()
    print(len(receiver.recv()))
