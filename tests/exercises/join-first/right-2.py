from multiprocessing import Process, Queue
from threading import Thread


def squares(queue):
    print("Computing")
    queue.put([n * n for n in range(100_000)])


if __name__ == "__main__":
    queue = Queue()
    worker = Process(target=squares, args=(queue,))
    worker.start()
    results = []
    taker = Thread(target=lambda: results.append(queue.get()))
    taker.start()
    worker.join()
    taker.join()
    result = results[0]
    print(len(result), "squares, the last is", result[-1])
