# says: MainProcess N in jobs.join() at task_done_missing.py:18 waits for task_done(), which only work N could call
# says: work N (task_done_missing.py:8) has got 2 values from jobs, and called task_done() 1 time: each get() needs one.
import multiprocessing as mp


def work(jobs):
    while True:
        job = jobs.get()
        if job != "skip":
            jobs.task_done()


if __name__ == "__main__":
    jobs = mp.JoinableQueue()
    mp.Process(target=work, args=(jobs,), daemon=True).start()
    for job in ["do", "skip"]:
        jobs.put(job)
    jobs.join()
