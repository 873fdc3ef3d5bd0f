# Writes values for mp-demo:
#   mp-demo queue --writer 'python3 writer.py'
import json
import time

for value in ["A", 2, {"n": 3}]:
    # A value is one line of JSON. Without flush=True it would wait in a
    # buffer: Python writes each line at once only when stdout is a terminal.
    print(json.dumps(value), flush=True)
    time.sleep(0.3)
