import os
from multiprocessing import Process


def work(n):
    print("Worked on", n, flush=True)
    os._exit(0)


if __name__ == "__main__":
    processes = [Process(target=work, args=(n,)) for n in [1, 2, 3]]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    print("Done")
