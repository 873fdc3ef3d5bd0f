# A worker is killed with the channel's lock; the other one waits for it, and the parent for a reader.
# also: spawn
# edge: P room P,P.1
# edge: P.1 lock P,P.1
# repair: who_releases
# line: P dead_with_lock.py:32 in <module>: sender.send("x" * 1_000_000)
# line: P.1 dead_with_lock.py:19 in read: with lock:
# says: was killed by SIGKILL (9)
# says: waits in sender.send()
import multiprocessing
import signal

def hold(lock, held):
    lock.acquire()
    held.set()
    signal.pause()

def read(lock, receiver):
    with lock:
        print(len(receiver.recv()))

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    lock, held = multiprocessing.Lock(), multiprocessing.Event()
    receiver, sender = multiprocessing.Pipe(duplex=False)
    first = multiprocessing.Process(target=hold, args=(lock, held))
    second = multiprocessing.Process(target=read, args=(lock, receiver))
    first.start()
    held.wait()
    second.start()
    first.kill()
    sender.send("x" * 1_000_000)
