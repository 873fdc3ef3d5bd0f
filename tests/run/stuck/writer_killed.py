# says: MainProcess N's feeder thread in futex(2) waits for the lock, which write N had when it was killed
import multiprocessing as mp
import os


def write(q):
    q.put("x" * 1000000)


def calls(pid):
    for thread in os.listdir("/proc/%d/task" % pid):
        yield open("/proc/%d/task/%s/syscall" % (pid, thread)).read().split()[0]


if __name__ == "__main__":
    mp.set_start_method("fork")
    q = mp.Queue()
    writer = mp.Process(target=write, args=(q,))
    writer.start()
    while not {"1", "64"} & set(calls(writer.pid)):  # write(2)
        pass
    writer.kill()
    writer.join()
    q.put(1)
