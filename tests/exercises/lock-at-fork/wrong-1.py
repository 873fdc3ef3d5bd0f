from multiprocessing import Process
from threading import Event, RLock, Thread
from time import sleep

lock, is_counting = RLock(), Event()


def count():
    with lock:
        is_counting.set()
        sleep(0.05)
        print("Counted")


def work():
    with lock:
        print("Worked")


if __name__ == "__main__":
    thread = Thread(target=count)
    thread.start()
    is_counting.wait()
    process = Process(target=work)
    process.start()
    process.join()
    thread.join()
    print("Done")
