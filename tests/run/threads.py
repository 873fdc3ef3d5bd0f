"""Threads with queue.Queue, as many a downloader is built."""
import queue
import threading

todo = queue.Queue()
done = queue.Queue()


def work():
    while True:
        page = todo.get()
        if page is None:
            break
        done.put("page %d" % page)
        todo.task_done()


if __name__ == "__main__":
    t = threading.Thread(target=work, name="worker")
    t.start()
    for page in (7, 8):
        todo.put(page)
    todo.join()
    todo.put(None)
    t.join()
    print("main:", done.get(), done.get())
    print("main: more?", not done.empty())
