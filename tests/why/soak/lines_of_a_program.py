# A generator reads a program's output, while the program fills the pipe for its errors.
# edge: P data P.1
# edge: P.1 end P.1.1
# edge: P.1.1 room P
# repair: read_both_streams
# line: P lines_of_a_program.py:12 in lines_of: for line in program.stdout:
import subprocess

def lines_of(script):
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "universal_newlines": True}
    with subprocess.Popen(["sh", "-c", script], **pipes) as program:
        for line in program.stdout:
            yield line

print(list(lines_of("seq 100000 >&2; echo done")))
