# The child sends a long report and then its result; the parent wants the result first.
# also: spawn forkserver
# edge: P data P,P.1
# edge: P.1 room P,P.1
# shape: circle P P.1
# repair: read_in_order
# line: P other_order.py:21 in <module>: print(results.recv())
# line: P.1 other_order.py:13 in work: reports.send("x" * 1_000_000)
# says: waits in results.recv() for a message
import multiprocessing

def work(reports, results):
    reports.send("x" * 1_000_000)
    results.send(42)

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    reports, its_reports = multiprocessing.Pipe(duplex=False)
    results, its_results = multiprocessing.Pipe(duplex=False)
    multiprocessing.Process(target=work, args=(its_reports, its_results)).start()
    print(results.recv())
    print(len(reports.recv()))
