# A child ends by SIGSEGV before it releases a semaphore in shared memory.
# says: was killed by SIGSEGV (11).
# edge: P lock P
# repair: who_releases
# line: P child_segfaults.py:16 in <module>: done.acquire()
# says: waits in done.acquire() until a lock or semaphore is released
import multiprocessing
import os
import signal

if __name__ == "__main__":
    done = multiprocessing.get_context("fork").Semaphore(0)
    if os.fork() == 0:
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGSEGV)
    done.acquire()
