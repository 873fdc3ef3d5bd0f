# Whoever knows the socket of a manager may connect to it, and the manager then does what he wants.
# unless: socket_is_connected
import multiprocessing
import sys

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    with multiprocessing.Manager() as manager:
        event = manager.Event()
        print("ready", file=sys.stderr, flush=True)
        event.wait()
