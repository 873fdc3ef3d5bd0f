"""A pipeline of three stages: numbers, their squares, their sum."""
import multiprocessing as mp
import sys


def produce(numbers):
    for n in range(1, 4):
        numbers.put(n)
    numbers.put(None)
    print("produce: done")


def square(numbers, squares):
    for n in iter(numbers.get, None):
        print("square:", n)
        squares.put(n * n)
    squares.put(None)


def add(squares):
    total = 0
    while True:
        n = squares.get()
        if n is None:
            break
        total += n
    print("add:", total)


if __name__ == "__main__":
    if sys.argv[1:]:
        mp.set_start_method(sys.argv[1])
    numbers, squares = mp.Queue(), mp.Queue()
    last = mp.Process(target=add, args=(squares,))
    middle = mp.Process(target=square, args=(numbers, squares))
    first = mp.Process(target=produce, args=(numbers,))
    for p in (last, middle, first):
        p.start()
    for p in (first, middle, last):
        p.join()
    print("main: all stages have ended")
