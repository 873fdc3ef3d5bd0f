from multiprocessing import Process
from time import sleep


def save(name):
    sleep(0.02)
    print("Saved", name)


if __name__ == "__main__":
    processes = [Process(target=save, args=(name,)) for name in ["a", "b", "c"]]
    for process in processes:
        process.start()
    while processes:
        processes.pop().join()
    print("All saved")
