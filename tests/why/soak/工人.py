# Chinese names, and a class of one's own.
# also: spawn forkserver
# edge: P end P.1
# edge: P.1 room P,P.1
# shape: circle P P.1
# repair: get_before_join
# line: P 工人.py:25 in 主程序: 工.join()
# line: P.1 -
# line: P.1 -
# says: waits in 工.join() for
import multiprocessing

class 工人(multiprocessing.Process):
    def __init__(self, 队列):
        super().__init__()
        self.队列 = 队列

    def run(self):
        self.队列.put("值" * 300_000)

def 主程序():
    队列 = multiprocessing.Queue()
    工 = 工人(队列)
    工.start()
    工.join()
    print(len(队列.get()))

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    主程序()
