"""All ways to print: end, sep, write, writelines, the buffer, stderr, logging."""
import logging
import multiprocessing
import os
import sys


def child():
    print("child: ", end="")
    print(1, 2, sep="-", end=";\n")
    sys.stdout.write("child: no newline at the end")


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    sys.stdout.write("main: write returns %d\n" % sys.stdout.write("main: a\n"))
    sys.stdout.writelines(["main: b\n", "main: c\nmain: d\n"])
    print("main: tty", sys.stdout.isatty(), sys.stdout.fileno(), sys.stdout.encoding)
    sys.stdout.flush()
    sys.stdout.buffer.write(b"main: bytes\n")
    sys.stdout.flush()
    os.write(1, b"main: os.write\n")
    print("main: to stderr", file=sys.stderr)
    logging.basicConfig(level=logging.INFO, format="main: %(levelname)s %(message)s")
    logging.info("logged")
    p = multiprocessing.Process(target=child)
    p.start()
    p.join()
    print("")
    print("main: last", end="")
