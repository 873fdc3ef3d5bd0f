# 为 mp-demo 写值：
#   mp-demo queue --writer 'python3 writer.py'
import json
import time

for value in ["A", 2, {"n": 3}]:
    # 一个值就是一行 JSON。不加 flush=True，它会留在缓冲区里：
    # 只有 stdout 是终端时，Python 才会立刻写出每一行。
    print(json.dumps(value), flush=True)
    time.sleep(0.3)
