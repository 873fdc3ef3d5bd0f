from multiprocessing import Process, Semaphore
from time import sleep


def save(name, saved):
    sleep(0.02)
    print("Saved", name, flush=True)
    saved.release()


if __name__ == "__main__":
    saved = Semaphore(0)
    for name in ["a", "b", "c"]:
        Process(target=save, args=(name, saved)).start()
    for _ in range(3):
        saved.acquire()
    print("All saved")
