from multiprocessing import Process
from time import sleep


def save(name):
    sleep(0.02)
    print("Saved", name)


if __name__ == "__main__":
    print("All saved")
    ps = []
    for name in ["a", "b", "c"]:
        process = Process(target=save, args=(name,), daemon=True)
        process.start()
        ps.append(process)
    import sys
    for p in ps: p.join()
