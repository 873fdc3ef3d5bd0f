# The worker has ended with an exception, before it could say that its value is done.
# also: spawn forkserver
# edge: P lock P
# repair: task_done
# line: P worker_raised.py:21 in main: queue.join()
# line: P -
# says: waits in queue.join() until task_done() has been called for each value
import multiprocessing

def work(queue):
    while True:
        value = queue.get()
        print(1 / value)
        queue.task_done()

def main():
    queue = multiprocessing.JoinableQueue()
    worker = multiprocessing.Process(target=work, args=(queue,), daemon=True)
    worker.start()
    queue.put(0)
    queue.join()

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    main()
