"""All start methods in one program, by contexts of their own."""
import multiprocessing

state = "as imported"


def report(q, method):
    q.put((method, state))


if __name__ == "__main__":
    state = "changed"
    for method in ("fork", "spawn", "forkserver"):
        context = multiprocessing.get_context(method)
        q = context.Queue()
        p = context.Process(target=report, args=(q, method))
        p.start()
        print("main:", q.get())
        p.join()
