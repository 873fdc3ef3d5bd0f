"""A program without its __main__ guard: under spawn the child fails, and says why."""
import multiprocessing
import sys


def child():
    print("child: hello")


if multiprocessing.current_process().name == "MainProcess" and sys.argv[1:]:
    multiprocessing.set_start_method(sys.argv[1])
p = multiprocessing.Process(target=child)
p.start()
p.join()
print("main: exit code", p.exitcode)
