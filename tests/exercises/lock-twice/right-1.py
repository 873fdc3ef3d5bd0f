from multiprocessing import Process, RLock, Value
from time import sleep


def deposit(account, lock):
    with lock:
        balance = account.value
        sleep(0.001)
        account.value = balance + 1
        print("Balance", balance + 1)


def deposit_twice(account, lock):
    with lock:
        deposit(account, lock)
        deposit(account, lock)


if __name__ == "__main__":
    account, lock = Value("i", 0), RLock()
    processes = [Process(target=deposit_twice, args=(account, lock)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    print("In the end", account.value)
