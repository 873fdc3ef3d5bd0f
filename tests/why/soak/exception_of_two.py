# An exception that can be pickled, but not unpickled: it takes two arguments and hands on one. The pool's result thread ends.
# also: spawn forkserver
# edge: P thread P
# repair: result_cannot_be_unpickled
# line: P exception_of_two.py:22 in <module>: print(pool.apply(task))
# line: P -
# line: P -
# line: P.1 -
# says: waits in pool.apply() for results
import multiprocessing

class Refused(Exception):
    def __init__(self, code, reason):
        super().__init__(f"{code}: {reason}")

def task():
    raise Refused(403, "forbidden")

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    with multiprocessing.Pool(1) as pool:
        print(pool.apply(task))
