from multiprocessing import Process, Queue


def read(queue):
    for value in iter(queue.get, None):
        print("Got", value)
    print("Nothing more")


if __name__ == "__main__":
    queue = Queue()
    readers = [Process(target=read, args=(queue,)) for _ in range(2)]
    for reader in readers:
        reader.start()
    for value in [1, 2, 3, 4]:
        queue.put(value)
    print("Done")
    queue.put(None)
    queue.put(None)
    for reader in readers:
        reader.join()
