# Two threads of one process take two locks in opposite orders, and the main thread joins them.
# edge: P thread P
# repair: one_order
# line: P two_threads.py:23 in <module>: thread.join()
# line: P two_threads.py:16 in take: with second:
# line: P two_threads.py:16 in take: with second:
# says: waits in thread.join() for a thread of its own to end
# says: 2 threads, each waits in `with second`
import threading

a, b, both = threading.Lock(), threading.Lock(), threading.Barrier(2)

def take(first, second):
    with first:
        both.wait()
        with second:
            pass

threads = [threading.Thread(target=take, args=args) for args in [(a, b), (b, a)]]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
