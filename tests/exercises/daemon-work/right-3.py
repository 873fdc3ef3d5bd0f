from multiprocessing import Process
from multiprocessing.connection import wait
from time import sleep


def save(name):
    sleep(0.02)
    print("Saved", name)


if __name__ == "__main__":
    processes = [Process(target=save, args=(name,)) for name in ["a", "b", "c"]]
    for process in processes:
        process.start()
    waiting = {p.sentinel for p in processes}
    while waiting:
        waiting -= set(wait(waiting))
    print("All saved")
