# says: MainProcess N in tick.wait() at setter_gone.py:17 waits until the event is set
# says: clock N, which has set tick before, has ended.
import multiprocessing as mp


def clock(tick):
    tick.set()


if __name__ == "__main__":
    tick = mp.Event()
    ticks = mp.Process(target=clock, args=(tick,))
    ticks.start()
    ticks.join()
    tick.wait()
    tick.clear()
    tick.wait()
