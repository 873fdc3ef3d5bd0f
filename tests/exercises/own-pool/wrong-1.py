from multiprocessing.pool import ThreadPool


def leaves(height):
    print("Looking at height", height)
    if height == 0:
        return 1
    return sum(pool.map_async(leaves, [height - 1, height - 1]).get())


if __name__ == "__main__":
    with ThreadPool(2) as pool:
        print("Leaves", pool.apply(leaves, (2,)))
