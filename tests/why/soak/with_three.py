# Two threads take two locks in opposite orders, in one statement.
# edge: P thread P
# repair: one_order
# line: P with_three.py:24 in <module>: thread.join()
# line: P with_three.py:17 in move: with first, met(), second:
# line: P with_three.py:17 in move: with first, met(), second:
import contextlib
import threading

a, b, both = threading.Lock(), threading.Lock(), threading.Barrier(2)

@contextlib.contextmanager
def met():
    yield both.wait()

def move(first, second):
    with first, met(), second:
        print("moved")

threads = [threading.Thread(target=move, args=locks) for locks in ((a, b), (b, a))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
