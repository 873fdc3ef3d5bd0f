# A condition is notified before anybody waits for it.
# also: spawn forkserver
# edge: P end P.1
# edge: P.1 lock P,P.1
# repair: who_notifies
# line: P notified_too_early.py:22 in <module>: consumer.join()
# line: P.1 notified_too_early.py:13 in consume: condition.wait()
# says: waits in condition.wait() until
import multiprocessing

def consume(condition):
    with condition:
        condition.wait()

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    condition = multiprocessing.Condition()
    with condition:
        condition.notify()
    consumer = multiprocessing.Process(target=consume, args=(condition,))
    consumer.start()
    consumer.join()
