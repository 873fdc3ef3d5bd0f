"""Processes: start five children, each of which starts five threads.

Run it with `mp-demo show spawn --python | python3 - fork`. Under spawn and
forkserver a child imports the program, so it has to be in a file:
`mp-demo show spawn --python > program.py && python3 program.py spawn`.
With `--sleep 2,2,2,2,0.5` the last child is the first to end.
"""

import argparse
import multiprocessing
import os
import threading
import time

CHILDREN = 5
THREADS = 5


def say(text):
    # Unbuffered (`python3 -u`), print() writes the text and the newline
    # separately, and another thread may write in between. A string that has
    # its newline is one write and stays whole.
    print(f"{text}\n", end="", flush=True)


def in_thread():
    say("这是多线程启动的")


def child(seconds):
    # Each of these processes calls its first thread MainThread: the name does
    # not tell which process this is.
    name = threading.current_thread().name
    say(f"thread {name} is running...")
    time.sleep(seconds)
    for i in range(THREADS):
        say(f"thread {name} >>> {i}")
        threading.Thread(target=in_thread).start()
    # The threads have not been joined. Python joins them when the process
    # exits, so their lines may come after this one.
    say(f"thread {name} ended.")


def main(sleep):
    say(f"Parent process {os.getpid()}")
    for i in range(CHILDREN):
        seconds = sleep[min(i, len(sleep) - 1)]
        process = multiprocessing.Process(target=child, args=(seconds,))
        say("Child process will start.")
        process.start()
    # `process` is the last child now, so this waits for that one only. Python
    # waits for the others at exit.
    process.join()
    say("Child process end.")


# Under spawn and forkserver a child imports this file: without this line it
# would start children of its own.
if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("method", nargs="?")
    # A list of them: the i-th child takes the i-th, the last is for the rest.
    parser.add_argument("--sleep", default="2")
    options = parser.parse_args()
    if options.method:
        multiprocessing.set_start_method(options.method)
    main([float(seconds) for seconds in options.sleep.split(",")])
