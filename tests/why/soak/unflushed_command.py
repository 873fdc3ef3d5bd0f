# A command is still in a buffer, which close() would write: wait() is called before.
# repair: close_write_end
import subprocess
import sys

child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, text=True)
child.stdin.write("quit\n")
child.wait()
