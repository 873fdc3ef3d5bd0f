# because: one thread waits for a condition for so long only; the other one, and the main thread, wait for it
import sys
import threading

lock = threading.Lock()
condition = threading.Condition()

def hold():
    with lock, condition:
        print("ready", file=sys.stderr, flush=True)
        condition.wait(1000)

def want():
    with lock:
        pass

threads = [threading.Thread(target=hold), threading.Thread(target=want)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
