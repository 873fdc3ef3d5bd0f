from multiprocessing import Process
from threading import Lock, Thread
from time import sleep

lock = Lock()


def count():
    with lock:
        sleep(0.05)
        print("Counted")


def work():
    with lock:
        print("Worked")


if __name__ == "__main__":
    thread = Thread(target=count)
    process = Process(target=work)
    process.start()
    thread.start()
    process.join()
    thread.join()
    print("Done")
