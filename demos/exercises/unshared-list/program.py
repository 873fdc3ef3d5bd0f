from multiprocessing import Process

results = []


def work(n):
    print("Working on", n)
    results.append(n * n)


if __name__ == "__main__":
    processes = [Process(target=work, args=(n,)) for n in [1, 2, 3]]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    print("Results", sorted(results))
