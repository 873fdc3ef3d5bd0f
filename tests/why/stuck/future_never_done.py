# An event loop awaits a future that nobody completes. All that could wake it is a socket of its own.
# edge: P value P
# shape: dead end
# repair: none
# line: P future_never_done.py:12 in <module>: asyncio.run(main())
# says: waits in asyncio's event loop
import asyncio

async def main():
    await asyncio.get_running_loop().create_future()

asyncio.run(main())
