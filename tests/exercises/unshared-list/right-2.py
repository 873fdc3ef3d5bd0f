from multiprocessing import Manager, Process

def work(n, results):
    print("Working on", n)
    results.append(n * n)


if __name__ == "__main__":
    results = Manager().list()
    processes = [Process(target=work, args=(n, results)) for n in [1, 2, 3]]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    print("Results", sorted(results))
