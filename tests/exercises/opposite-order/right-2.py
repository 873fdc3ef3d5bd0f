from multiprocessing import Lock, Process
from time import sleep


def move(what, source, target, both):
    with both:
        with source:
            sleep(0.02)
            with target:
                print("Moved", what)


if __name__ == "__main__":
    cellar, attic, both = Lock(), Lock(), Lock()
    up = Process(target=move, args=("wine", cellar, attic, both))
    down = Process(target=move, args=("books", attic, cellar, both))
    up.start()
    down.start()
    up.join()
    down.join()
    print("Tidy")
