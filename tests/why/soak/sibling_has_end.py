# Both close the end for writing as they should, but a second child was forked in between and has it, too.
# edge: P end P.1
# edge: P.1 data P.2
# edge: P.2 lock P,P.1,P.2
# repair: none
# line: P sibling_has_end.py:32 in <module>: reader.join()
# line: P.1 sibling_has_end.py:16 in read: receiver.recv()
# line: P.2 sibling_has_end.py:21 in help: done.wait()
# says: waits in done.wait() until the event is set
import multiprocessing

def read(receiver, sender):
    sender.close()
    try:
        while True:
            receiver.recv()
    except EOFError:
        pass

def help(done):
    done.wait()

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    (receiver, sender), done = multiprocessing.Pipe(duplex=False), multiprocessing.Event()
    reader = multiprocessing.Process(target=read, args=(receiver, sender))
    helper = multiprocessing.Process(target=help, args=(done,))
    reader.start()
    helper.start()
    sender.send("A")
    sender.close()
    reader.join()
    done.set()
    helper.join()
