"""asyncio with a process pool, and a subprocess, as services have it."""
import asyncio
from concurrent.futures import ProcessPoolExecutor
import multiprocessing
import sys


def heavy(n):
    return sum(range(n))


async def main():
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(2) as pool:
        jobs = [loop.run_in_executor(pool, heavy, n) for n in (10, 100)]
        print("main:", await asyncio.gather(*jobs))
    echo = await asyncio.create_subprocess_exec("echo", "hi", stdout=asyncio.subprocess.PIPE)
    out, _ = await echo.communicate()
    print("main:", out, echo.returncode)


if __name__ == "__main__":
    if sys.argv[1:]:
        multiprocessing.set_start_method(sys.argv[1])
    asyncio.run(main())
