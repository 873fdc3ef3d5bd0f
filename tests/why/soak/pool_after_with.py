# At its end, `with` terminates the pool, while its tasks are not done yet; their results never come.
# edge: P thread P
# repair: pool_ended
# line: P pool_after_with.py:15 in main: print(results.get())
# says: waits in results.get() for
import multiprocessing
import signal

def task(number):
    signal.pause()

def main():
    with multiprocessing.Pool(2) as pool:
        results = pool.map_async(task, range(4))
    print(results.get())

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    main()
