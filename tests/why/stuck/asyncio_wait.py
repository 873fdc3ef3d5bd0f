# asyncio stops to read when nobody takes the output from it; then the program's pipe is full, and it never ends.
# edge: P.1 room P
# shape: circle P P.1
# repair: read_before_wait
# line: P asyncio_wait.py:14 in <module>: asyncio.run(main())
# line: P -?
# says: waits in asyncio's event loop
import asyncio

async def main():
    program = await asyncio.create_subprocess_exec("seq", "1000000", stdout=asyncio.subprocess.PIPE)
    await program.wait()

asyncio.run(main())
