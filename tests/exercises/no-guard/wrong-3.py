from multiprocessing import get_context


def greet(name):
    print("Hello,", name)


process = get_context("spawn").Process(target=greet, args=("world",))
if __name__ == "__main__":
    process.start()
process.join()
print("Joined")
