# The value's lock is a plain Lock, which can't be taken twice as the usual RLock could.
# edge: P lock P
# repair: none
# line: P value_with_a_lock.py:11 in count: counter.value += 1
import multiprocessing

counter = multiprocessing.Value("i", 0, lock=multiprocessing.Lock())

def count():
    with counter.get_lock():
        counter.value += 1

count()
print(counter.value)
