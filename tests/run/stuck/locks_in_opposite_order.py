# says: ann N in knife.acquire() at locks_in_opposite_order.py:10 waits for the lock, which bob N took at locks_in_opposite_order.py:8
# says: Locks in opposite order: ann takes fork (locks_in_opposite_order.py:8), then knife (locks_in_opposite_order.py:10); bob takes knife (locks_in_opposite_order.py:8), then fork (locks_in_opposite_order.py:10).
# says: A circle: ann -> bob -> ann.
import multiprocessing as mp


def eat(first, second, met):
    with first:
        met.wait()
        with second:
            pass


if __name__ == "__main__":
    mp.set_start_method("fork")
    fork, knife, met = mp.Lock(), mp.Lock(), mp.Barrier(2)
    eaters = [
        mp.Process(target=eat, args=(fork, knife, met), name="ann"),
        mp.Process(target=eat, args=(knife, fork, met), name="bob"),
    ]
    for eater in eaters:
        eater.start()
    for eater in eaters:
        eater.join()
