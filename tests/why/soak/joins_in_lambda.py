# Each worker has a queue of its own, and all are joined first.
# also: spawn forkserver
# edge: P end P.1
# edge: P.1 room P,P.1,P.2
# edge: P.2 room P,P.2
# shape: circle P P.1
# repair: get_before_join
# line: P joins_in_lambda.py:25 in <lambda>: list(map(lambda worker: worker.join(), workers))
# line: P.1 -
# line: P.1 -
# line: P.2 -
# line: P.2 -
import multiprocessing

def work(queue):
    queue.put(list(range(100_000)))

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    queues, workers = [], []
    for _ in range(2):
        queues.append(multiprocessing.Queue())
        workers.append(multiprocessing.Process(target=work, args=(queues[-1],)))
        workers[-1].start()
    list(map(lambda worker: worker.join(), workers))
    print([len(queue.get()) for queue in queues])
