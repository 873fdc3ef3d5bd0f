from multiprocessing import Pool
from time import sleep


def double(n):
    sleep(0.02)
    print("Doubling", n, flush=True)
    return 2 * n


if __name__ == "__main__":
    with Pool(2) as pool:
        results = [pool.apply_async(double, (n,)) for n in [1, 2, 3, 4]]
        print("Sum", sum(result.get() for result in results))
