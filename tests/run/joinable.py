"""JoinableQueue: join() returns when task_done() was called for each task."""
import multiprocessing
import sys


def work(tasks, results):
    while True:
        task = tasks.get()
        results.put(task.upper())
        tasks.task_done()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        multiprocessing.set_start_method(sys.argv[1])
    tasks = multiprocessing.JoinableQueue()
    results = multiprocessing.Queue()
    worker = multiprocessing.Process(target=work, args=(tasks, results), daemon=True)
    worker.start()
    for name in ["ada", "bob"]:
        tasks.put(name)
    tasks.join()
    for _ in range(2):
        print("main:", results.get())
