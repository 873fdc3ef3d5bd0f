"""Questions one way and answers the other way, over one duplex pipe."""
import multiprocessing
import sys


def serve(end):
    while True:
        request = end.recv()
        if request == "stop":
            break
        end.send([request, len(request)])
    print("serve: stopped")


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    ours, theirs = multiprocessing.Pipe()
    p = multiprocessing.Process(target=serve, args=(theirs,))
    p.start()
    for word in ("one", "three"):
        ours.send(word)
        print("main:", ours.recv())
    ours.send("stop")
    p.join()
