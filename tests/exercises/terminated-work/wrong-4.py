from multiprocessing import Process, Queue
from time import sleep


def work(jobs):
    while True:
        job = jobs.get()
        if job is None: return
        sleep(0.02)
        print("Finished", job)


if __name__ == "__main__":
    jobs = Queue()
    worker = Process(target=work, args=(jobs,))
    worker.start()
    for job in [1, 2, 3, 4]:
        jobs.put(job)
    jobs.put(None)
    print("All jobs are done")
    worker.join()
