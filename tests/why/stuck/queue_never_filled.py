# The only thread of a program gets from a queue into which nobody puts.
# edge: P thread P
# shape: dead end
# repair: recursive_lock
import queue

queue.Queue().get()
