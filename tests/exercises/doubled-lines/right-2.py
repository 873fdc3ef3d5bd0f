from multiprocessing import Process


def child():
    print("In the child")


print("Before the fork")
process = Process(target=child)
process.start()
process.join()
print("In the parent")
