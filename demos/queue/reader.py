# Reads values from mp-demo:
#   mp-demo queue --reader 'python3 reader.py'
import json
import sys
import time

# The loop ends when nothing more can come: stdin is at its end then.
for line in sys.stdin:
    value = json.loads(line)
    print("got", repr(value), flush=True)
    time.sleep(0.1)
print("the queue has ended", flush=True)
