from multiprocessing import Pool


def parse(text):
    print("Parsing", text, flush=True)
    return int(text)


if __name__ == "__main__":
    results = []
    with Pool(2) as pool:
        for text in ["1", "2", "three", "4"]:
            results.append(pool.apply_async(parse, (text,)))
        pool.close()
        pool.join()
    print("Sum", sum(result.get() for result in results if result.successful()))
    print("No number: three")
