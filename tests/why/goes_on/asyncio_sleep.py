# because: the loop of events has a time at which it goes on
import asyncio
import sys

async def main():
    print("ready", file=sys.stderr, flush=True)
    await asyncio.sleep(1000)

asyncio.run(main())
