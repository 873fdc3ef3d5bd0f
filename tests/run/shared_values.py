"""Value and Array, with and without locks, beside a global variable that is not shared."""
import multiprocessing
import sys

plain = [0]


def change(number, squares, letters):
    plain[0] = 99
    number.value = 3.5
    with squares.get_lock():
        for i in range(len(squares)):
            squares[i] = i * i
    letters.value = b"xyz"


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    number = multiprocessing.Value("d", 0.0)
    squares = multiprocessing.Array("i", range(4))
    letters = multiprocessing.Array("c", b"abc", lock=False)
    p = multiprocessing.Process(target=change, args=(number, squares, letters))
    p.start()
    p.join()
    print("main:", number.value, squares[:], letters.value, plain[0])
