# The reader reads until end-of-file, which never comes: the parent has its end for writing open while it waits.
# also: spawn forkserver
# edge: P end P.1
# edge: P.1 data P,P.1
# shape: circle P P.1
# repair: close_write_end
# line: P sender_not_closed.py:26 in <module>: reader.join()
# line: P.1 sender_not_closed.py:15 in read: print(receiver.recv())
# says: waits in receiver.recv() for a message
import multiprocessing

def read(receiver):
    try:
        while True:
            print(receiver.recv())
    except EOFError:
        print("That's all.")

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    receiver, sender = multiprocessing.Pipe(duplex=False)
    reader = multiprocessing.Process(target=read, args=(receiver,))
    reader.start()
    for letter in "ABC":
        sender.send(letter)
    reader.join()
