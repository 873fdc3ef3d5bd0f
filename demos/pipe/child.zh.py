# 向 mp-demo 发送一个列表：
#   mp-demo pipe --child 'python3 child.py'
#   mp-demo pipe --child 'python3 child.py' --reply
import json
import sys

# 一条消息就是一行 JSON。不加 flush=True，它会留在缓冲区里，
# 这个程序就会白等一个不会来的回复。
print(json.dumps(["A", "B", "C"]), flush=True)

# 用了 --reply 才有内容可读。stdout 是管道，stderr 归你使用。
line = sys.stdin.readline()
if line:
    print("the reply:", json.loads(line), file=sys.stderr)
