from multiprocessing import Process
import sys


def square(n):
    print("Squaring", n)
    sys.exit(n * n)


if __name__ == "__main__":
    processes = [Process(target=square, args=(n,)) for n in [1, 2, 3]]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    print("Sum", sum(process.exitcode for process in processes))
