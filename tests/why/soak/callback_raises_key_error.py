# The callback of a task raises a KeyError, which the pool's result thread takes for one of its own and forgets.
# also: spawn forkserver
# edge: P thread P
# repair: none
# line: P callback_raises_key_error.py:23 in <module>: result.wait()
# line: P -
# line: P -
# line: P -
# line: P.1 -
# says: waits in result.wait() for
import multiprocessing

def task():
    return {"sum": 1}

def note(answer):
    print(answer["total"])

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    with multiprocessing.Pool(1) as pool:
        result = pool.apply_async(task, callback=note)
        result.wait()
