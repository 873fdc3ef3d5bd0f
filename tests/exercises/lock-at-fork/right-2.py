from multiprocessing import get_context
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
    is_counting.wait()
    process = get_context("spawn").Process(target=work)
    process.start()
    process.join()
    thread.join()
    print("Done")
