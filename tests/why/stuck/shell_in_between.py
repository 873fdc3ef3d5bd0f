# Between the parent, who doesn't read, and the program that writes, there is a shell that waits for the program.
# edge: P end P.1
# edge: P.1 end P.1.1
# edge: P.1.1 room P
# shape: circle P P.1 P.1.1
# repair: read_before_wait
# line: P shell_in_between.py:12 in <module>: program.wait()
# says: waits in program.wait() for
import subprocess

program = subprocess.Popen("seq 1000000; true", shell=True, stdout=subprocess.PIPE)
program.wait()
print(len(program.stdout.read()))
