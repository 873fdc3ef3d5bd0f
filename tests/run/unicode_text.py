"""Text beyond ASCII, in values, names and output."""
import multiprocessing
import sys

sys.stdout.reconfigure(encoding="utf-8")


def 读(队列):
    for 值 in iter(队列.get, None):
        sys.stdout.reconfigure(encoding="utf-8")
        print("读:", 值)


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    队列 = multiprocessing.Queue()
    p = multiprocessing.Process(target=读, args=(队列,), name="读者 ☕")
    p.start()
    for 值 in ("苹果", "naïve café", "🐍" * 3, "tab\tquote\"", "\x1b[31mred", None):
        队列.put(值)
    p.join()
    print("main:", p.name)
