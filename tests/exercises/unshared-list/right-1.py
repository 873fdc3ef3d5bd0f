from multiprocessing import Process, Queue

def work(n, queue):
    print("Working on", n)
    queue.put(n * n)


if __name__ == "__main__":
    queue = Queue()
    processes = [Process(target=work, args=(n, queue)) for n in [1, 2, 3]]
    for process in processes:
        process.start()
    results = [queue.get() for _ in processes]
    for process in processes:
        process.join()
    print("Results", sorted(results))
