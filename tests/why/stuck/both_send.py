# Two processes send each other more than a pair of sockets takes, and neither receives first.
# edge: P room P,P.1
# edge: P.1 room P,P.1
# shape: circle P P.1
# repair: one_writes_while_other_reads
# line: P both_send.py:20 in <module>: ours.send("x" * 10_000_000)
# line: P.1 both_send.py:12 in talk: end.send("x" * 10_000_000)
# says: waits in ours.send(): socket full
import multiprocessing

def talk(end):
    end.send("x" * 10_000_000)
    end.recv()

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.Process(target=talk, args=(theirs,))
    child.start()
    ours.send("x" * 10_000_000)
    ours.recv()
    child.join()
