# A forked child waits in one of two calls of a line that prints, not for the stream's lock.
# edge: P end P.1
# edge: P.1 thread P.1
# repair: none
# line: P two_gets_in_print.py:15 in <module>: os.waitpid(child, 0)
# line: P.1 two_gets_in_print.py:13 in <module>: print(first.get(), second.get())
import os
import queue

first, second = queue.SimpleQueue(), queue.SimpleQueue()
child = os.fork()
if child == 0:
    print(first.get(), second.get())
    os._exit(0)
os.waitpid(child, 0)
