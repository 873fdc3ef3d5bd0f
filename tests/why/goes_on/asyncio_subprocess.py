# because: the program that it waits for sleeps
import asyncio
import sys

async def main():
    program = await asyncio.create_subprocess_exec("sleep", "1000", stdout=asyncio.subprocess.PIPE)
    print("ready", file=sys.stderr, flush=True)
    await program.communicate()

asyncio.run(main())
