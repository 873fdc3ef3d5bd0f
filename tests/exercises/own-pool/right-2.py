from multiprocessing.pool import ThreadPool


def leaves(height):
    print("Looking at height", height)
    if height == 0:
        return 1
    with ThreadPool(2) as below:
        return sum(below.map(leaves, [height - 1, height - 1]))


if __name__ == "__main__":
    with ThreadPool(2) as pool:
        print("Leaves", pool.apply(leaves, (2,)))
