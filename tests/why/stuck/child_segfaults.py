# A child ends by SIGSEGV before it releases a semaphore in shared memory.
# says: was killed by SIGSEGV (11).
# edge: P lock P
# repair: release_lock
import multiprocessing
import os
import signal

if __name__ == "__main__":
    done = multiprocessing.get_context("fork").Semaphore(0)
    if os.fork() == 0:
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGSEGV)
    done.acquire()
