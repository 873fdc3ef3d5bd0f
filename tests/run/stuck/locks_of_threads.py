# says: MainProcess N/one in `with second` at locks_of_threads.py:12 waits for the lock; who has it is not known
# says: MainProcess N/two in `with second` at locks_of_threads.py:12 waits for the lock; who has it is not known
import multiprocessing as mp
import threading

fork, knife, met = threading.Lock(), threading.Lock(), threading.Barrier(2)


def eat(first, second):
    with first:
        met.wait()
        with second:
            pass


if __name__ == "__main__":
    print(mp.current_process().name)
    eaters = [
        threading.Thread(target=eat, args=(fork, knife), name="one"),
        threading.Thread(target=eat, args=(knife, fork), name="two"),
    ]
    for eater in eaters:
        eater.start()
    for eater in eaters:
        eater.join()
