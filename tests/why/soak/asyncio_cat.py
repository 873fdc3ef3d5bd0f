# A program that reads all of its input gets no end-of-file: its stdin is never closed.
# edge: P.1 data P
# repair: who_sends
# line: P asyncio_cat.py:15 in <module>: asyncio.run(main())
# line: P -?
# says: waits in asyncio's event loop
import asyncio
from asyncio.subprocess import PIPE

async def main():
    cat = await asyncio.create_subprocess_exec("cat", stdin=PIPE, stdout=PIPE)
    cat.stdin.write(b"A\n")
    print(await cat.stdout.read())

asyncio.run(main())
