# A context manager waits for the answer to a question that nobody has asked.
# also: spawn forkserver
# edge: P data P.1
# edge: P.1 data P
# shape: circle P P.1
# repair: who_sends
# line: P context_of_a_job.py:16 in asked: print("answer", channel.recv())
# line: P.1 context_of_a_job.py:20 in work: channel.send(channel.recv() + 1)
# says: waits in channel.recv() for a message
import contextlib
import multiprocessing

@contextlib.contextmanager
def asked(channel):
    yield channel
    print("answer", channel.recv())

def work(channel, other):
    other.close()
    channel.send(channel.recv() + 1)

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    ours, its = multiprocessing.Pipe()
    multiprocessing.Process(target=work, args=(its, ours)).start()
    its.close()
    with asked(ours):
        print("a question")
