from multiprocessing import Process, Queue


def squares(queue):
    print("Computing")
    queue.put([99_999 ** 2])


if __name__ == "__main__":
    queue = Queue()
    worker = Process(target=squares, args=(queue,))
    worker.start()
    worker.join()
    result = queue.get()
    print(100_000, "squares, the last is", result[-1])
