# The parent receives until end-of-file, which never comes: it has the sender's end itself.
# edge: P value P
# shape: dead end
# repair: close_write_end
# line: P kept_end.py:19 in <module>: receiver.recv()
# says: waits in receiver.recv() for a message or end-of-file
import multiprocessing

def send(end):
    end.send("A")

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    receiver, sender = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.Process(target=send, args=(sender,))
    child.start()
    try:
        while True:
            receiver.recv()
    except EOFError:
        child.join()
