from multiprocessing import Pool


def parse(text):
    print("Parsing", text, flush=True)
    return int(text)


if __name__ == "__main__":
    with Pool(2) as pool:
        try:
            total = sum(pool.map(parse, ["1", "2", "three", "4"]))
        except ValueError:
            total = 0
        pool.close()
        pool.join()
    print("Sum", total)
    print("No number: three")
