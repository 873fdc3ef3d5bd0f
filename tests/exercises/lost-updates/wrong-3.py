from multiprocessing import Process, Value
from time import sleep


def deposit(account, times):
    for _ in range(times):
        balance = account.value
        sleep(0.001)
        account.value = balance + 1
        print("Balance", balance + 1)


if __name__ == "__main__":
    account = Value("i", 0)
    processes = [Process(target=deposit, args=(account, 8)) for _ in range(2)]
    for process in processes:
        process.start()
        process.join()
    print("In the end", account.value)
