# Parent and child wait for each other's message; the child is the fork server's.
# edge: P data P.2.1
# edge: P.2.1 data P
# shape: circle P P.2.1
# repair: who_sends
# line: P both_receive_forkserver.py:21 in <module>: print(ours.recv())
# line: P.2.1 both_receive_forkserver.py:13 in answer: connection.send(connection.recv() + 1)
# says: waits in ours.recv() for a message
# says: waits in connection.recv() for a message
import multiprocessing

def answer(connection):
    connection.send(connection.recv() + 1)

if __name__ == "__main__":
    multiprocessing.set_start_method("forkserver")
    ours, its = multiprocessing.Pipe()
    child = multiprocessing.Process(target=answer, args=(its,))
    child.start()
    its.close()
    print(ours.recv())
