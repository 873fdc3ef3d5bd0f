# A semaphore that starts at 0, and that nobody releases.
# also: spawn forkserver
# edge: P end P.1
# edge: P.1 lock P,P.1,P.2
# edge: P.2 lock P,P.1,P.2
# repair: who_releases
# line: P semaphore_of_zero.py:23 in <module>: worker.join()
# line: P.1 semaphore_of_zero.py:13 in work: with free:
# line: P.2 semaphore_of_zero.py:13 in work: with free:
import multiprocessing

def work(free):
    with free:
        print("works")

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    free = multiprocessing.Semaphore(0)
    workers = [multiprocessing.Process(target=work, args=(free,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
