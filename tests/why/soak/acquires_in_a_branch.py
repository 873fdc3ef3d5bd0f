# A lock is taken twice, but the text doesn't prove it: the first time is in a branch.
# repair: who_releases
import multiprocessing

def take(lock, is_first):
    if is_first:
        lock.acquire()
    lock.acquire()

if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    child = context.Process(target=take, args=(context.Lock(), True))
    child.start()
    child.join()
