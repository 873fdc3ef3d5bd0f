# because: anybody may connect to a socket with a name in the file system
import os
import socket
import sys
import tempfile

with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as server:
    server.bind(os.path.join(folder, "socket"))
    server.listen()
    print("ready", file=sys.stderr, flush=True)
    server.accept()
