# A pool's worker is killed, but its parent waits for an event that nobody sets.
# repair: who_sets
import multiprocessing
import os
import signal

def task():
    os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    event, pool = context.Event(), context.Pool(2)
    pool.apply_async(task)
    event.wait()
