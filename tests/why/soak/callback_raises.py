# The callback of a task raises, in the pool's result thread, which ends with it.
# also: spawn forkserver
# edge: P thread P
# repair: pool_ended
# line: P callback_raises.py:22 in <module>: result.wait()
# line: P -
# line: P -
# line: P.1 -
# says: waits in result.wait() for
import multiprocessing

def task():
    return 1

def note(answer):
    print(answer / 0)

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    with multiprocessing.Pool(1) as pool:
        result = pool.apply_async(task, callback=note)
        result.wait()
