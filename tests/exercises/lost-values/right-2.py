from multiprocessing import JoinableQueue as Queue, Process
from time import sleep


def write(queue):
    for value in ["A", "B", "C", "D"]:
        sleep(0.02)
        queue.put(value)


def read(queue):
    while True:
        value = queue.get()
        queue.task_done()
        if value == "end":
            break
        print("Got", value)


if __name__ == "__main__":
    queue = Queue()
    reader = Process(target=read, args=(queue,))
    writer = Process(target=write, args=(queue,))
    reader.start()
    writer.start()
    writer.join()
    queue.put("end")
    queue.join()
    reader.join()
    print("Done")
