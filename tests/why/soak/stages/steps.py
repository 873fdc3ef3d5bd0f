# The stages of the package, in a module of its own.
import multiprocessing

def first(ready, values=()):
    for value in values:
        print(value)
        ready.set()

def second(ready):
    print("second")
    ready.wait()

def stage(name, ready):
    return multiprocessing.Process(target=globals()[name], args=(ready,))
