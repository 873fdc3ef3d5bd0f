# A lock is taken twice on purpose: a thread was to release it, and has ended by an exception.
# edge: P thread P
# repair: who_releases
# line: P lock_as_a_signal.py:15 in <module>: done.acquire()
import threading

done = threading.Lock()

def work():
    print({}["sum"])
    done.release()

done.acquire()
threading.Thread(target=work).start()
done.acquire()
