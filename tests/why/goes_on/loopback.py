# because: the client waits for the network, at whose other end a server sleeps
import socket
import sys
import threading
import time

server = socket.create_server(("127.0.0.1", 0))

def serve():
    connection, _ = server.accept()
    time.sleep(1000)
    connection.send(b"A")

threading.Thread(target=serve, daemon=True).start()
client = socket.create_connection(server.getsockname())
print("ready", file=sys.stderr, flush=True)
client.recv(1)
