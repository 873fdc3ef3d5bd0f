from multiprocessing import get_context


def greet(name):
    print("Hello,", name)


process = get_context("spawn").Process(target=greet, args=("world",))
try:
    process.start()
    process.join()
except RuntimeError:
    pass
print("Joined")
