from multiprocessing import Process, Queue
from time import sleep


def write(queue):
    for value in ["A", "B", "C", "D"]:
        sleep(0.02)
        queue.put(value)


def read(queue):
    while not queue.empty():
        print("Got", queue.get())


if __name__ == "__main__":
    queue = Queue()
    reader = Process(target=read, args=(queue,))
    writer = Process(target=write, args=(queue,))
    reader.start()
    writer.start()
    writer.join()
    reader.join()
    print("Done")
