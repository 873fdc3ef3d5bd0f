"""send_bytes, recv_bytes, recv_bytes_into and poll."""
import multiprocessing
import sys


def child(conn):
    data = conn.recv_bytes()
    conn.send_bytes(data[::-1])
    conn.send_bytes(b"0123456789", 2, 3)
    conn.close()


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    a, b = multiprocessing.Pipe()
    print("main: anything there?", a.poll())
    p = multiprocessing.Process(target=child, args=(b,))
    p.start()
    b.close()
    a.send_bytes(b"abc")
    print("main: poll", a.poll(10))
    print("main:", a.recv_bytes())
    buffer = bytearray(8)
    size = a.recv_bytes_into(buffer)
    print("main:", size, bytes(buffer[:size]))
    p.join()
    try:
        a.recv_bytes()
    except EOFError:
        print("main: EOFError")
