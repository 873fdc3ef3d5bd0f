# needs: unshare-pid
# Seen from outside, the child's PID is another one than its parent says.
# edge: P end P.1
# edge: P.1 end P.1.1
# edge: P.1.1 room P.1
# shape: circle P.1 P.1.1
# repair: read_before_wait
# line: P.1 <string>:1 in <module>: import subprocess; subprocess.Popen(['seq', '100000'], stdout=subprocess.PIPE).wait()
import os
import sys

script = "import subprocess; subprocess.Popen(['seq', '100000'], stdout=subprocess.PIPE).wait()"
os.execvp("unshare", ["unshare", "-pf", "--mount-proc", sys.executable, "-c", script])
