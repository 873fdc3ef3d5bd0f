from multiprocessing import Process, Queue


def squares(queue):
    print("Computing")
    queue.put([n * n for n in range(100_000)])


if __name__ == "__main__":
    queue = Queue()
    worker = Process(target=squares, args=(queue,))
    worker.start()
    worker.join(timeout=0.2)
    result = queue.get()
    print(len(result), "squares, the last is", result[-1])
