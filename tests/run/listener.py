"""A Listener and its Clients: ends of sockets of which the other end isn't known."""
import multiprocessing
from multiprocessing.connection import Client, Listener, wait
import sys


def client(address, number):
    with Client(address, authkey=b"secret") as connection:
        for value in range(3):
            connection.send((number, value))
        connection.send(None)
        print("client %d:" % number, connection.recv())


def main():
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    with Listener(authkey=b"secret") as listener:
        clients = [
            multiprocessing.Process(target=client, args=(listener.address, number))
            for number in range(2)
        ]
        for process in clients:
            process.start()
        connections = [listener.accept() for _ in clients]
        values = []
        while connections:
            for connection in wait(connections):
                value = connection.recv()
                if value is None:
                    connection.send("all is here")
                    connections.remove(connection)
                else:
                    values.append(value)
        for process in clients:
            process.join()
    print("main:", sorted(values))


if __name__ == "__main__":
    main()
