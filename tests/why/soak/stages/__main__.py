# A package, run with -m: the first stage ends without setting the event for which the second one waits.
# also: spawn forkserver
# edge: P end P.1
# edge: P.1 lock P,P.1
# repair: who_sets
# line: P __main__.py:21 in <module>: stage.join()
# line: P.1 steps.py:11 in second: ready.wait()
# says: waits in ready.wait() until the event is set
# says: stages/steps.py:11 in second
import multiprocessing

from stages import steps

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    ready = multiprocessing.Event()
    stages = [steps.stage(name, ready) for name in ("first", "second")]
    for stage in stages:
        stage.start()
    for stage in stages:
        stage.join()
