from multiprocessing import Pool


def parse(text):
    print("Parsing", text, flush=True)
    return int(text)


if __name__ == "__main__":
    with Pool(2) as pool:
        for text in ["1", "2", "three", "4"]:
            pool.apply_async(parse, (text,))
        pool.close()
        pool.join()
    print("All parsed")
