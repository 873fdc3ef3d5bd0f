# A task ends its worker. The pool starts another one, which waits for a task; this one's result never comes.
# also: spawn forkserver
# edge: P thread P
# repair: worker_killed
# line: P pool_worker_leaves.py:21 in main: print(result.get())
# line: P -
# line: P -
# line: P -
# line: P.1 -
# line: P.2 -
# says: a pool's worker, waits for a task
import multiprocessing
import os

def leave():
    os._exit(3)

def main():
    with multiprocessing.Pool(2) as pool:
        result = pool.apply_async(leave)
        print(result.get())

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    main()
