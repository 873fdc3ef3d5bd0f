# Two threads of one process take two locks in opposite orders, and the main thread joins them.
# edge: P thread P
# repair: one_order
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
