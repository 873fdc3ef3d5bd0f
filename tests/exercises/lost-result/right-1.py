from multiprocessing import Pool


def square(n):
    print("Squaring", n)
    return n * n


if __name__ == "__main__":
    with Pool() as pool:
        results = pool.map(square, [1, 2, 3])
        pool.close()
        pool.join()
    print("Sum", sum(results))
