from multiprocessing import Pool


def parse(text):
    print("Parsing", text, flush=True)
    return int(text)


if __name__ == "__main__":
    results = []
    with Pool(2) as pool:
        for text in ["1", "2", "three", "4"]:
            results.append(pool.apply_async(parse, (text,)))
        total = 0
        for result in results:
            try:
                total += result.get()
            except Exception:
                pass
        pool.close()
        pool.join()
    print("Sum", total)
