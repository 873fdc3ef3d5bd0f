# As tokio and Go do, the parent waits for both ways at once, edge-triggered: the pipe is not full. wc waits for end-of-file.
# edge: P value P.1
# edge: P.1 value P
# shape: circle P P.1
# repair: who_sends
# line: P edge_triggered.py:19 in <module>: epoll.poll()
# says: waits in epoll.poll() for
import os
import select
import subprocess

child = subprocess.Popen(["wc", "-l"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
epoll = select.epoll()
both = select.EPOLLIN | select.EPOLLOUT | select.EPOLLET
epoll.register(child.stdin.fileno(), both)
epoll.register(child.stdout.fileno(), both)
os.write(child.stdin.fileno(), b"a\nb\n")
while True:
    epoll.poll()
