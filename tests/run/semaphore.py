"""At most two at a time: a Semaphore. A BoundedSemaphore can't be released too often."""
import multiprocessing
import sys
import time


def visit(places, inside, most):
    with places:
        with inside.get_lock():
            inside.value += 1
            most.value = max(most.value, inside.value)
        time.sleep(0.02)
        with inside.get_lock():
            inside.value -= 1


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    places = multiprocessing.Semaphore(2)
    inside = multiprocessing.Value("i", 0)
    most = multiprocessing.Value("i", 0, lock=False)
    visitors = [multiprocessing.Process(target=visit, args=(places, inside, most)) for _ in range(4)]
    for p in visitors:
        p.start()
    for p in visitors:
        p.join()
    print("main:", 1 <= most.value <= 2, inside.value)
    bounded = multiprocessing.BoundedSemaphore(1)
    try:
        bounded.release()
    except ValueError as error:
        print("main:", error)
