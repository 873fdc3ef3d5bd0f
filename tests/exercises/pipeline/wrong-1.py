from multiprocessing import Process, Queue
from time import sleep


def double(numbers, doubled):
    sleep(0.1)
    while not numbers.empty():
        doubled.put(2 * numbers.get())


def add(doubled, totals):
    sleep(0.2)
    total = 0
    while not doubled.empty():
        total += doubled.get()
    totals.put(total)


if __name__ == "__main__":
    numbers, doubled, totals = Queue(), Queue(), Queue()
    stages = [
        Process(target=double, args=(numbers, doubled)),
        Process(target=add, args=(doubled, totals)),
    ]
    for stage in stages:
        stage.start()
    for n in range(1, 6):
        numbers.put(n)
    print("Total", totals.get())
    for stage in stages:
        stage.join()
