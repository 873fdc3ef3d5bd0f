"""Processes: start five children, each of which starts five threads.

Run it with `mp-demo show spawn --python | python3 - fork`. Under spawn and
forkserver a child imports the program, so it has to be in a file:
`mp-demo show spawn --python > program.py && python3 program.py spawn`.
"""

import multiprocessing
import os
import sys
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


def child():
    # Every process calls its first thread MainThread: the name does not tell
    # which process this is.
    name = threading.current_thread().name
    say(f"thread {name} is running...")
    time.sleep(2)
    for i in range(THREADS):
        say(f"thread {name} >>> {i}")
        threading.Thread(target=in_thread).start()
    # The threads have not been joined. Python joins them when the process
    # exits, so their lines may come after this one.
    say(f"thread {name} ended.")


def main():
    say(f"Parent process {os.getpid()}")
    for _ in range(CHILDREN):
        process = multiprocessing.Process(target=child)
        say("Child process will start.")
        process.start()
    # `process` is the last child now, so this waits for that one only. Python
    # waits for the others at exit.
    process.join()
    say("Child process end.")


# Under spawn and forkserver a child imports this file: without this line it
# would start children of its own.
if __name__ == "__main__":
    if len(sys.argv) > 1:
        multiprocessing.set_start_method(sys.argv[1])
    main()
