# The second stage gets its sentinel before the first one has put anything; what the first one puts, nobody gets.
# also: spawn forkserver
# edge: P end P.1
# edge: P.1 room P,P.1
# shape: circle P P.1
# repair: get_before_join
# line: P early_sentinel.py:33 in main: filters.join()
# line: P -
# line: P -
# line: P.1 -
# line: P.1 -
# says: waits at its exit for its queue's feeder thread
import multiprocessing

def filter_all(source, sink):
    for item in iter(source.get, None):
        sink.put(item * 100_000)

def show(sink):
    for item in iter(sink.get, None):
        print(len(item))

def main():
    source, sink = multiprocessing.Queue(), multiprocessing.Queue()
    shows = multiprocessing.Process(target=show, args=(sink,))
    shows.start()
    sink.put(None)
    shows.join()
    filters = multiprocessing.Process(target=filter_all, args=(source, sink))
    filters.start()
    source.put("x")
    source.put(None)
    filters.join()

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    main()
