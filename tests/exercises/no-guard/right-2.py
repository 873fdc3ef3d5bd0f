from multiprocessing import current_process, get_context


def greet(name):
    print("Hello,", name)


def main():
    process = get_context("spawn").Process(target=greet, args=("world",))
    process.start()
    process.join()
    print("Joined")


if current_process().name == "MainProcess":
    main()
