from functools import partial
from multiprocessing import Pool


def parse(text):
    print("Parsing", text, flush=True)
    return int(text)


if __name__ == "__main__":
    good, wrong = [], []
    with Pool(2) as pool:
        for text in ["1", "2", "three", "4"]:
            wrong_one = partial(lambda text, error: wrong.append(text), text)
            pool.apply_async(parse, (text,), callback=good.append, error_callback=wrong_one)
        pool.close()
        pool.join()
    print("Sum", sum(good))
    for text in wrong:
        print("No number:", text)
