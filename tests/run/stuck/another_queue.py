# says: MainProcess N in results.get() at another_queue.py:14 waits for a value
# says: No line has put anything into results; square N (another_queue.py:7) has put a value into squares, which none reads.
import multiprocessing as mp


def square(number, squares):
    squares.put(number**2)


if __name__ == "__main__":
    squares, results = mp.Queue(), mp.Queue()
    worker = mp.Process(target=square, args=(3, squares))
    worker.start()
    print(results.get())
    worker.join()
