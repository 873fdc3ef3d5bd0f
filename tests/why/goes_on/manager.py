# because: a child asks a manager's process for a value now and then, and sleeps in between
import multiprocessing
import sys
import time

def ask(values):
    while True:
        values.append(1)
        print("ready", file=sys.stderr, flush=True)
        time.sleep(1000)

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    with multiprocessing.Manager() as manager:
        values = manager.list()
        child = multiprocessing.Process(target=ask, args=(values,))
        child.start()
        child.join()
