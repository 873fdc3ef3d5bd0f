"""Signals with handlers, in the parent and in a child that tidies up."""
import multiprocessing
import os
import signal
import sys


def tidy(ready):
    def stop(number, frame):
        print("tidy: stops on", signal.Signals(number).name)
        sys.exit(7)

    signal.signal(signal.SIGTERM, stop)
    ready.send("ready")
    while True:
        signal.pause()


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    signal.signal(signal.SIGUSR1, lambda number, frame: print("main: got SIGUSR1"))
    os.kill(os.getpid(), signal.SIGUSR1)
    a, b = multiprocessing.Pipe()
    p = multiprocessing.Process(target=tidy, args=(b,))
    p.start()
    a.recv()
    p.terminate()
    p.join()
    print("main:", p.exitcode)
    signal.raise_signal(signal.SIGTERM)  # what was printed is lost
