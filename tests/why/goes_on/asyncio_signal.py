# because: the loop of events waits for a signal
import asyncio
import signal
import sys

async def main():
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    print("ready", file=sys.stderr, flush=True)
    await stop.wait()

asyncio.run(main())
