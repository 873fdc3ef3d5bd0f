# The parent reads stdout to its end, while the child has filled stderr.
# edge: P value P.1
# edge: P.1 room P
# shape: circle P P.1
# repair: read_both_streams
import subprocess
import sys

script = "import sys; sys.stderr.write('x' * 1000000); print('done')"
child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
print(child.stdout.read())
