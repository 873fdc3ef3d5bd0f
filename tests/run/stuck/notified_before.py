# says: waiter N in changed.wait() at notified_before.py:9 waits until the condition is notified, as MainProcess N could do
# says: MainProcess N (notified_before.py:17) has notified changed when no process waited for it
import multiprocessing as mp


def wait(changed, go):
    go.wait()
    with changed:
        changed.wait()


if __name__ == "__main__":
    changed, go = mp.Condition(), mp.Event()
    waiter = mp.Process(target=wait, args=(changed, go), name="waiter")
    waiter.start()
    with changed:
        changed.notify()
    go.set()
    waiter.join()
