from multiprocessing import get_context


def greet(name):
    print("Hello,", name)


process = get_context("spawn").Process(target=greet, args=("world",))
process.start()
process.join()
print("Joined")
