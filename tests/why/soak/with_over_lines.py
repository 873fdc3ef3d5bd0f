# Two threads take two locks in opposite orders, in one statement over several lines.
# edge: P thread P
# repair: one_order
# line: P with_over_lines.py:27 in <module>: thread.join()
# line: P with_over_lines.py:20 in move: second:
# line: P with_over_lines.py:20 in move: second:
# says: 2 threads
import contextlib
import threading

a, b, both = threading.Lock(), threading.Lock(), threading.Barrier(2)

@contextlib.contextmanager
def met():
    yield both.wait()

def move(first, second):
    with first, \
            met(), \
            second:
        print("moved")

threads = [threading.Thread(target=move, args=locks) for locks in ((a, b), (b, a))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
