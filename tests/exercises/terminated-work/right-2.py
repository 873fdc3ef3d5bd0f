from multiprocessing import Process, Queue
from time import sleep


def work(jobs, count):
    for _ in range(count):
        job = jobs.get()
        sleep(0.02)
        print("Finished", job)


if __name__ == "__main__":
    jobs = Queue()
    worker = Process(target=work, args=(jobs, 4))
    worker.start()
    for job in [1, 2, 3, 4]:
        jobs.put(job)
    worker.join()
    print("All jobs are done")
