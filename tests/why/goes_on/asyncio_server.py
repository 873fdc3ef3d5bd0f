# because: anybody may connect to it
import asyncio
import sys

async def main():
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    print("ready", file=sys.stderr, flush=True)
    await server.serve_forever()

asyncio.run(main())
