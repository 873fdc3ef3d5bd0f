# The only thread of a program gets from a queue into which nobody puts.
# edge: P thread P
# shape: dead end
# repair: who_puts
# line: P queue_never_filled.py:9 in <module>: queue.Queue().get()
# says: waits in queue.Queue().get() for a value, and it has no other thread
import queue

queue.Queue().get()
