"""Pool.starmap, and map in chunks, with several workers."""
from multiprocessing import Pool, set_start_method
import sys


def power(base, exponent):
    return base ** exponent


def double(x):
    return 2 * x


if __name__ == "__main__":
    if sys.argv[1:]:
        set_start_method(sys.argv[1])
    with Pool(processes=3) as pool:
        print("main:", pool.starmap(power, [(2, 3), (3, 2), (10, 0)]))
        print("main:", sum(pool.map(double, range(100), chunksize=7)))
        print("main:", sorted(pool.imap_unordered(double, range(5))))
