from multiprocessing import Pool


def parse(text):
    print("Parsing", text, flush=True)
    return int(text)


if __name__ == "__main__":
    with Pool(2) as pool:
        texts = ["1", "2", "three", "4"]
        results = [(text, pool.apply_async(parse, (text,))) for text in texts]
        total, wrong = 0, []
        for text, result in results:
            try:
                total += result.get()
            except ValueError:
                wrong.append(text)
    print("Sum", total)
    for text in wrong:
        print("No number:", text)
