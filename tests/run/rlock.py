"""An RLock can be acquired again by who holds it, and released by nobody else."""
import multiprocessing
import sys


class Account:
    def __init__(self):
        self.lock = multiprocessing.RLock()
        self.balance = multiprocessing.Value("d", 100.0)

    def withdraw(self, amount):
        with self.lock:
            self.balance.value -= amount

    def transfer(self, amount, other):
        with self.lock:
            self.withdraw(amount)
            other.withdraw(-amount)


def move(a, b):
    a.transfer(10, b)


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    a, b = Account(), Account()
    p = multiprocessing.Process(target=move, args=(a, b))
    p.start()
    p.join()
    print("main:", a.balance.value, b.balance.value)
    try:
        a.lock.release()
    except AssertionError as error:
        print("main:", error)
