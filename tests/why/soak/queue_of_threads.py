# queue.Queue is one for threads: what the child puts stays in the child's copy.
# edge: P thread P
# repair: other_queue_between_processes
# line: P queue_of_threads.py:17 in <module>: print(answers.get())
# says: waits in answers.get() for a value, and it has no other thread
import multiprocessing
import queue

def work(answers):
    answers.put(42)

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    answers = queue.Queue()
    worker = multiprocessing.Process(target=work, args=(answers,))
    worker.start()
    print(answers.get())
