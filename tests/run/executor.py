"""ProcessPoolExecutor: submit, map, and an exception of a task."""
from concurrent.futures import ProcessPoolExecutor, as_completed
import multiprocessing
import sys


def length(word):
    if not word:
        raise ValueError("no word")
    return len(word)


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    with ProcessPoolExecutor(max_workers=2) as executor:
        future = executor.submit(length, "abc")
        print("main:", future.result())
        print("main:", list(executor.map(length, ["a", "bb", "ccc"], chunksize=2)))
        print("main:", repr(executor.submit(length, "").exception()))
        futures = [executor.submit(length, "x" * n) for n in range(1, 5)]
        print("main:", sum(f.result() for f in as_completed(futures)))
