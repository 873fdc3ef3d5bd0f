# A child receives one message, which its parent sends after the join: nobody expects end-of-file.
# repair: none
import multiprocessing

def receive(receiver):
    print(receiver.recv())

if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=receive, args=(receiver,))
    child.start()
    child.join()
    sender.send("A")
