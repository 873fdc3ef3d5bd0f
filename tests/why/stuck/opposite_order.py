# Two processes take two locks in opposite orders, and each has one before it asks for the other.
# edge: P end P.1
# edge: P.1 lock P,P.1,P.2
# edge: P.2 lock P,P.1,P.2
# shape: dead end
# repair: one_order
# line: P opposite_order.py:29 in <module>: child.join()
# line: P.1 opposite_order.py:16 in take: with second:
# line: P.2 opposite_order.py:16 in take: with second:
# says: waits in `with second` until a lock or semaphore is released
import multiprocessing

def take(first, second, both):
    with first:
        both.wait()
        with second:
            pass

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    a, b, both = multiprocessing.Lock(), multiprocessing.Lock(), multiprocessing.Barrier(2)
    children = [
        multiprocessing.Process(target=take, args=(a, b, both)),
        multiprocessing.Process(target=take, args=(b, a, both)),
    ]
    for child in children:
        child.start()
    for child in children:
        child.join()
