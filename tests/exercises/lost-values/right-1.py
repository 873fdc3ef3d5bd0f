from multiprocessing import Process, Queue
from time import sleep


def write(queue):
    for value in ["A", "B", "C", "D"]:
        sleep(0.02)
        queue.put(value)
    queue.put(None)


def read(queue):
    for value in iter(queue.get, None):
        print("Got", value)


if __name__ == "__main__":
    queue = Queue()
    reader = Process(target=read, args=(queue,))
    writer = Process(target=write, args=(queue,))
    reader.start()
    writer.start()
    writer.join()
    reader.join()
    print("Done")
