# A worker of a pool is killed in the middle of a task. The pool starts another one, but nobody does the task again.
# edge: P thread P
# repair: pool_that_notices
import multiprocessing
import os
import signal

def task(number):
    if number == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return number

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    with multiprocessing.Pool(2) as pool:
        print(pool.map(task, range(8), chunksize=1))
