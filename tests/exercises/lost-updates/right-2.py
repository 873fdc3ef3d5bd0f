from multiprocessing import Lock, Process, Value
from time import sleep


def deposit(account, times, lock):
    with lock:
        for _ in range(times):
            balance = account.value
            sleep(0.001)
            account.value = balance + 1
            print("Balance", balance + 1)


if __name__ == "__main__":
    account = Value("i", 0)
    lock = Lock()
    processes = [Process(target=deposit, args=(account, 8, lock)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    print("In the end", account.value)
