"""A Manager's dict, list and Queue: objects that live in a process of their own."""
import multiprocessing
import sys


def fill(table, names, q):
    table["x"] = 1
    names.append("child")
    q.put(len(names))


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    with multiprocessing.Manager() as manager:
        table, names, q = manager.dict(), manager.list(["main"]), manager.Queue()
        p = multiprocessing.Process(target=fill, args=(table, names, q))
        p.start()
        p.join()
        print("main:", dict(table), list(names), q.get())
        with manager.Lock():
            print("main: locked")
        try:
            table["y"]
        except KeyError as error:
            print("main: no", error)
