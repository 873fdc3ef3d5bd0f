# because: the first of four in a row makes a value now and then, and the others wait for it
import multiprocessing
import sys
import time

def make(sender):
    print("ready", file=sys.stderr, flush=True)
    while True:
        sender.send("A")
        time.sleep(100)

def pass_on(receiver, sender):
    while True:
        sender.send(receiver.recv())

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    pipes = [multiprocessing.Pipe(duplex=False) for _ in range(4)]
    for (receiver, _), (_, sender) in zip(pipes, pipes[1:]):
        multiprocessing.Process(target=pass_on, args=(receiver, sender), daemon=True).start()
    multiprocessing.Process(target=make, args=(pipes[0][1],), daemon=True).start()
    while True:
        pipes[-1][0].recv()
