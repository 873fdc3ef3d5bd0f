from multiprocessing import Process, Queue


def double(numbers, doubled):
    for n in iter(numbers.get, None):
        doubled.put(2 * n)
    doubled.put(None)


def add(doubled, totals):
    totals.put(sum(iter(doubled.get, None)))


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
    numbers.put(None)
    print("Total", totals.get())
    for stage in stages:
        stage.join()
