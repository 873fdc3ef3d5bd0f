# 从 mp-demo 读值：
#   mp-demo queue --reader 'python3 reader.py'
import json
import sys
import time

# 再也不会有值时，stdin 到了末尾，循环随之结束。
for line in sys.stdin:
    value = json.loads(line)
    print("got", repr(value), flush=True)
    time.sleep(0.1)
print("the queue has ended", flush=True)
