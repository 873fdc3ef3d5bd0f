from multiprocessing import Pipe, Process


def square(n):
    print("Squaring", n)
    return n * n


def send_square(connection, n):
    connection.send(square(n))


if __name__ == "__main__":
    ends, processes = [], []
    for n in [1, 2, 3]:
        ours, theirs = Pipe()
        process = Process(target=send_square, args=(theirs, n))
        process.start()
        ends.append(ours)
        processes.append(process)
    results = [end.recv() for end in ends]
    for process in processes:
        process.join()
    print("Sum", sum(results))
