# Sends a list to mp-demo:
#   mp-demo pipe --child 'python3 child.py'
#   mp-demo pipe --child 'python3 child.py' --reply
import json
import sys

# A message is one line of JSON. Without flush=True it would wait in a
# buffer, and this program for a reply that cannot come.
print(json.dumps(["A", "B", "C"]), flush=True)

# Only with --reply is there something to read. stdout is the pipe;
# stderr is yours.
line = sys.stdin.readline()
if line:
    print("the reply:", json.loads(line), file=sys.stderr)
