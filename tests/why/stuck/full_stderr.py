# The parent reads stdout to its end, while the child has filled stderr.
# edge: P value P.1
# edge: P.1 room P
# shape: circle P P.1
# repair: read_both_streams
# line: P full_stderr.py:15 in <module>: print(child.stdout.read())
# line: P.1 <string>:1 in <module>: import sys; sys.stderr.write('x' * 1000000); print('done')
# says: waits in child.stdout.read() for data
# says: waits in write(): pipe full
import subprocess
import sys

script = "import sys; sys.stderr.write('x' * 1000000); print('done')"
child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
print(child.stdout.read())
