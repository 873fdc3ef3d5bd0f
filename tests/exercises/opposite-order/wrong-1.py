from multiprocessing import Lock, Process


def move(what, source, target):
    with source:
        with target:
            print("Moved", what)


if __name__ == "__main__":
    cellar, attic = Lock(), Lock()
    up = Process(target=move, args=("wine", cellar, attic))
    down = Process(target=move, args=("books", attic, cellar))
    up.start()
    down.start()
    up.join()
    down.join()
    print("Tidy")
