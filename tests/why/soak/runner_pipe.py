# A runner waits for its task before it reads what the task prints; both are this file.
# edge: P end P.1
# edge: P.1 room P
# shape: circle P P.1
# repair: read_before_wait
# line: P runner_pipe.py:17 in run: if runner.wait() == 0:
# line: P.1 runner_pipe.py:13 in task: print("x" * 262_000)
# says: waits in runner.wait() for
import subprocess
import sys

def task():
    print("x" * 262_000)

def run(*command):
    runner = subprocess.Popen(command, stdout=subprocess.PIPE)
    if runner.wait() == 0:
        return runner.stdout.read()

if sys.argv[1:] == ["task"]:
    task()
else:
    print(len(run(sys.executable, __file__, "task")))
