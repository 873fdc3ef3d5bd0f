# At its end, `with` terminates the pool, while its tasks are still being done; their results never come.
# edge: P thread P
# repair: pool_ended
# line: P pool_after_with.py:16 in main: print(results.get())
# says: waits in results.get() for
import multiprocessing

def task(number):
    release.wait()
    return number

def main():
    with multiprocessing.Pool(2) as pool:
        results = pool.map_async(task, range(4))
    release.set()
    print(results.get())

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    release = multiprocessing.Event()
    main()
