# check_call() with a pipe that nobody reads.
# edge: P end P.1
# edge: P.1 room P
# shape: circle P P.1
# repair: read_before_wait
# line: P check_call_pipe.py:10 in list_all: subprocess.check_call(command, stdout=subprocess.PIPE)
import subprocess

def list_all(*command):
    subprocess.check_call(command, stdout=subprocess.PIPE)

list_all("seq", "100000")
