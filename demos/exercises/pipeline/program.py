from multiprocessing import Process, Queue


def double(numbers, doubled):
    """Puts twice of each number, until there are no more."""


def add(doubled, totals):
    """Puts the sum of all that comes, once."""


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
