from multiprocessing import Lock, Process
from time import sleep


def move(what, source, target):
    with source:
        sleep(0.02)
        with target:
            print("Moved", what)


if __name__ == "__main__":
    cellar, attic = Lock(), Lock()
    up = Process(target=move, args=("wine", cellar, attic))
    down = Process(target=move, args=("books", attic, cellar))
    up.start()
    up.join()
    down.start()
    down.join()
    print("Tidy")
