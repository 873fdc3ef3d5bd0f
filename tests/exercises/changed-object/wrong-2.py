from multiprocessing import Process, Queue


def read(queue):
    for row in iter(queue.get, None):
        print("Row", row)


if __name__ == "__main__":
    queue = Queue()
    reader = Process(target=read, args=(queue,))
    reader.start()
    row = []
    for n in [1, 2, 3]:
        queue.put(row)
        row.append(n)
    queue.put(None)
    reader.join()
