"""A daemon process is terminated when its parent ends, whatever it is doing."""
import multiprocessing
import sys
import time


def tick(started):
    started.send("ready")
    while True:
        time.sleep(0.05)


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    receiver, started = multiprocessing.Pipe(False)
    p = multiprocessing.Process(target=tick, args=(started,), daemon=True)
    p.start()
    print("main:", receiver.recv())
    print("main: end")
