# A worker of a pool is killed in the middle of a task. The pool starts another one, but nobody does the task again.
# edge: P thread P
# repair: worker_killed
# line: P pool_with_killed_worker.py:27 in <module>: print(pool.map(task, range(8), chunksize=1))
# line: P -
# line: P -
# line: P -
# line: P.1 -
# line: P.2 -
# says: waits in pool.map() for results
# says: a pool's worker, waits for a task
# says: a pool's task handler, waits for a task
# says: a pool's result handler, waits for a result
# says: a pool's worker handler, waits for a worker to end
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
