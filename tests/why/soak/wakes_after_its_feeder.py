# A child waits until its big value is written, before it sets the event for which its parent waits.
# repair: none
import multiprocessing

def write(queue, written):
    queue.put("x" * 1_000_000)
    queue.close()
    queue.join_thread()
    written.set()

if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    queue, written = context.Queue(), context.Event()
    child = context.Process(target=write, args=(queue, written))
    child.start()
    written.wait()
    print(len(queue.get()))
