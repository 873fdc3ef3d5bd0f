from multiprocessing import Process
from threading import Event, Lock, Thread

lock, is_counting = Lock(), Event()


def count():
    with lock:
        is_counting.set()
        for _ in range(1_000_000):
            pass
        print("Counted")


def work():
    with lock:
        print("Worked")


if __name__ == "__main__":
    thread = Thread(target=count)
    thread.start()
    thread.join()
    process = Process(target=work)
    process.start()
    process.join()
    print("Done")
