# Parent and child wait for each other's message; the child is the fork server's.
# edge: P data P.2.1
# edge: P.2.1 data P
# shape: circle P P.2.1
# repair: one_speaks_first
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
