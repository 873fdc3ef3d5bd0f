from multiprocessing import Process, Queue


def double(numbers, doubled):
    while True:
        n = numbers.get()
        if n == "end":
            doubled.put("end")
            return
        doubled.put(n + n)


def add(doubled, totals):
    total = 0
    while True:
        value = doubled.get()
        if value == "end":
            break
        total += value
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
    numbers.put("end")
    print("Total", totals.get())
    for stage in stages:
        stage.join()
