def leaves(height):
    print("Looking at height", height)
    if height == 0:
        return 1
    return sum(leaves(height - 1) for _ in range(2))


if __name__ == "__main__":
    print("Leaves", leaves(2))
