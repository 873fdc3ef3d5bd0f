# A worker forks while its thread has a lock; the child waits for it, the worker for the child, and the program for the worker.
# edge: P data P.1,P.1.1
# edge: P.1 end P.1.1
# edge: P.1.1 thread P.1.1
# repair: no_fork_with_threads
# line: P chain_of_three.py:40 in <module>: print(ours.recv())
# line: P.1 chain_of_three.py:32 in work: child.join()
# line: P.1.1 chain_of_three.py:16 in take: with lock:  # the child's
# says: waits in ours.recv() for a message
import multiprocessing
import threading

lock, held, forked = threading.Lock(), threading.Event(), threading.Event()

def take():
    with lock:  # the child's
        print("child")

def hold():
    with lock:
        held.set()
        forked.wait()

def work(channel):
    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    child = multiprocessing.Process(target=take)
    child.start()
    forked.set()
    thread.join()
    child.join()
    channel.send("done")

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    ours, its = multiprocessing.Pipe()
    multiprocessing.Process(target=work, args=(its,)).start()
    its.close()
    print(ours.recv())
