from multiprocessing import Process, SimpleQueue as Queue


def read(queue):
    for row in iter(queue.get, None):
        print("Row", row)


if __name__ == "__main__":
    queue = Queue()
    reader = Process(target=read, args=(queue,))
    reader.start()
    row = []
    for n in [1, 2, 3]:
        row.append(n)
        queue.put(row)
    queue.put(None)
    reader.join()
