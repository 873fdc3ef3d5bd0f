from multiprocessing import Process
from threading import Lock, Thread
from time import sleep

lock = Lock()


def count():
    with lock:
        sleep(0.05)
        print("Counted")


def work():
    if lock.acquire(timeout=0.2):
        print("Worked")
        lock.release()


if __name__ == "__main__":
    thread = Thread(target=count)
    thread.start()
    sleep(0.01)
    process = Process(target=work)
    process.start()
    process.join()
    thread.join()
    print("Done")
