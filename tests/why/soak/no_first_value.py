# Two processes hand values to each other, and nobody puts the first one: no sentinel is missing.
# repair: who_puts
import multiprocessing

def hand_on(source, target):
    while True:
        target.put(source.get())

if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    a, b = context.Queue(), context.Queue()
    children = [context.Process(target=hand_on, args=args) for args in [(a, b), (b, a)]]
    for child in children:
        child.start()
    for child in children:
        child.join()
