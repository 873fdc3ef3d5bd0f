# The parent waits until all that it has put is done, and the worker never says that it is.
# edge: P lock P,P.1
# edge: P.1 value P,P.1
# repair: task_done
import multiprocessing

def work(queue):
    while queue.get() is not None:
        pass

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    queue = multiprocessing.JoinableQueue()
    multiprocessing.Process(target=work, args=(queue,), daemon=True).start()
    queue.put("A")
    queue.join()
