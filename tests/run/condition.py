"""A Condition: a bounded buffer over a shared Array, as in textbooks."""
import multiprocessing
import sys


def produce(changed, box):
    for value in (5, 6, 7):
        with changed:
            changed.wait_for(lambda: box[0] == 0)
            box[0] = value
            changed.notify()
    print("produce: done")


def consume(changed, box):
    total = 0
    for _ in range(3):
        with changed:
            while box[0] == 0:
                changed.wait()
            total += box[0]
            box[0] = 0
            changed.notify_all()
    print("consume:", total)


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    changed = multiprocessing.Condition()
    box = multiprocessing.Array("i", 1, lock=False)
    children = [multiprocessing.Process(target=f, args=(changed, box)) for f in (produce, consume)]
    for p in children:
        p.start()
    for p in children:
        p.join()
