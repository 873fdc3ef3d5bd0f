from multiprocessing import Process, Queue
from queue import Empty
from time import sleep


def write(queue):
    for value in ["A", "B", "C", "D"]:
        sleep(0.02)
        queue.put(value)


def read(queue):
    while True:
        try:
            print("Got", queue.get(timeout=0.3))
        except Empty:
            break


if __name__ == "__main__":
    queue = Queue()
    reader = Process(target=read, args=(queue,))
    writer = Process(target=write, args=(queue,))
    reader.start()
    writer.start()
    writer.join()
    reader.join()
    print("Done")
