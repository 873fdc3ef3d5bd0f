# because: its loop of events reads from a socket pair of its own, to which its handler for SIGTERM writes
import asyncio
import signal
import sys

async def main():
    event = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, event.set)
    print("ready", file=sys.stderr, flush=True)
    await event.wait()

asyncio.run(main())
