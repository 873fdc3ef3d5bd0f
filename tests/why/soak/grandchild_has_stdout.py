# The child closes its stdout, but the server that it started has it, too, and waits for input from the child.
# edge: P data P.1.1
# edge: P.1 end P.1.1
# edge: P.1.1 data P.1
# repair: close_write_end
# line: P grandchild_has_stdout.py:22 in <module>: print(child.stdout.read())
# line: P.1 grandchild_has_stdout.py:16 in serve: server.wait()
# says: waits in server.wait() for
import os
import subprocess
import sys

def serve():
    server = subprocess.Popen(["cat"], stdin=subprocess.PIPE)
    os.close(1)
    server.wait()

if sys.argv[1:] == ["serve"]:
    serve()
else:
    child = subprocess.Popen([sys.executable, __file__, "serve"], stdout=subprocess.PIPE)
    print(child.stdout.read())
