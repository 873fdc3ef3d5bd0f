//! Recorded runs, explained from the first event to the last. All else is tested by facts, so that
//! a changed word changes one screen and not eight.

use super::notes_of;

#[test]
fn a_join_of_the_last_child_only() {
    snapbox::assert_data_eq!(
        notes_of("spawn-last", "zh", 80),
        snapbox::str![[r#"
    本次运行的选项：children 3, threads 2, sleep 2.0, join last, speed 10.0。本
    次运行可用的 CPU 核心有 2 个。
    你启动的就是父进程，PID 是 24230。其他进程都由父进程启动。
    父进程在启动子进程之前就打印了这一行：此刻还没有子进程在运行。
    父进程启动了 child-1（PID 24232）：把本程序从头再运行一遍，需要管道时，管道
    的一端就接在它的 stdin 或 stdout 上。这相当于 fork 加 exec，也就是 Python 的
    启动方法 spawn；子进程并不是父进程的副本。
    父进程没有等 child-1 结束，就去启动下一个子进程了：所以这些子进程是同时运行
    的。
    父进程以同样的方式启动了 child-2（PID 24233）。
    父进程的 start() 尚未返回，child-3（PID 24234）就已经在运行了：从这一刻起两
    者同时运行，先后由内核决定。
    child-3（PID 24234）现在睡眠 200 毫秒。这段时间里睡眠的进程不占用 CPU，其他
    进程照常运行。
    这一行和 child-3（PID 24234）的一模一样，却出自 child-2（PID 24233）。每个进
    程的第一个线程都叫 MainThread，光凭这个名字认不出是哪个进程。
    child-2（PID 24233）在父进程启动它 1.22 毫秒之后才开始执行。两者同时运行，再
    运行一次，这几行的先后可能就不同了。
    父进程以同样的方式启动了 child-3（PID 24234）。
    父进程这时在 join() 里等 child-3（PID 24234）结束，只等它一个，不等
    child-1、child-2。
    child-3（PID 24234）每循环一次就启动一个线程，而且不等线程结束：从现在起，线
    程的那一行随时可能出现。
    child-3（PID 24234）退出了循环，而该进程的 2 个线程都还没有输出。进程会等所
    有线程运行完再结束，Python 的进程也是这样。
    child-3（PID 24234）的线程 Thread-2 到现在才运行，这时主线程已经退出循环了：
    循环里并不等待线程。
    child-3（PID 24234）正常结束，退出状态是 0。父进程已经把它回收，不会留下僵尸
    进程。
    join() 等了 200 毫秒后返回，因为 child-3（PID 24234）结束了。child-1、
    child-2 仍在运行，父进程还没有对它们调用 join()。
    父进程打印这一行时，child-1、child-2 仍在运行：父进程只调用了 1 次 join()。
    整个运行结束之前，它还会对其余的子进程调用 join()，就像 CPython 退出时那样。
    父进程接着在 join() 里等 child-1（PID 24232）。
    child-1（PID 24232）也正常结束，退出状态是 0。
    join() 等了 89 微秒后返回：child-1（PID 24232）结束了。仍在运行的有：
    child-2。
    父进程接着在 join() 里等 child-2（PID 24233）。
    child-2（PID 24233）也正常结束，退出状态是 0。
    总共启动了 3 个进程，全部已回收：3 个以退出状态 0 结束。

"#]]
    );
}

#[test]
fn values_that_are_lost() {
    snapbox::assert_data_eq!(
        notes_of("queue-four-lost", "en", 80),
        snapbox::str![[r#"
    Options of this run: values ['A', 'B', 'C', 'D'], writers 1, readers 1,
    pause 0.0, stop terminate, speed 1.0. This run may use 2 cores.
    The process that you started is the parent, PID 19549. It starts all others.
    The parent has started writer (PID 19551): the same program, from its
    beginning, with the ends of pipes that it needs as its stdin and stdout.
    That is fork and exec in one, Python's start method spawn; the child isn't a
    copy of its parent.
    The parent has started reader (PID 19552) in the same way.
    The parent now waits in join() for writer (PID 19551) to end. It isn't
    waiting for reader.
    writer (PID 19551) begins 0.90 ms after the parent has started it. Both run
    at the same time, so their lines may come in another order next time.
    writer (PID 19551) prints this first and puts the value afterwards;
    otherwise a reader could report the value before the writer does. Here put()
    itself writes into the pipe; in Python a hidden feeder thread makes a pickle
    of the value and writes it, and put() doesn't wait for that.
    reader (PID 19552) calls get() and hardly has to wait: 4 values are already
    in the queue.
    writer (PID 19551) has ended by itself with exit status 0. The parent has
    reaped it, so it is no zombie.
    join() has returned after 0.98 ms, because writer (PID 19551) has ended.
    Still running, and not yet joined: reader.
    The parent can't wait for reader (PID 19552) to end by itself: its loop is
    endless, so join() would never return. So it sends SIGTERM (15), although 4
    values are still in the queue: 'A', 'B', 'C' and 'D'.
    terminate() sends SIGTERM and does not wait, so a join() has to follow:
    without one, reader (PID 19552) would stay a zombie until the parent ends or
    starts another child, and nobody would see its exit status.
    reader (PID 19552) got 'A' 0.16 ms after writer (PID 19551) announced it.
    The queue is a pipe in the kernel; no other process has passed the value on.
    reader (PID 19552) was killed by SIGTERM (15): in Python its exitcode is
    -15, in a shell its exit status is 143 = 128 + 15. The parent has reaped it,
    so it is no zombie.
mp-demo: 3 values were put and never got: "B", "C", "D"
    Of 4 values that were put, 3 were lost, because a signal ended reader too
    early. When a writer has ended, it has put everything; that doesn't mean
    that everything has been got.
    In all, 2 processes were started, and all were reaped: 1 ended with exit
    status 0, 1 was killed by SIGTERM (15).

"#]]
    );
}

#[test]
fn a_one_way_pipe() {
    snapbox::assert_data_eq!(
        notes_of("pipe-refused", "zh", 80),
        snapbox::str![[r#"
    本次运行的选项：values ['A', 'B', 'C'], simplex True, reply True, speed
    10.0。加上 --seed 3 可以重现随机停顿，但各进程何时运行仍由内核决定。本次运行
    可用的 CPU 核心有 2 个。
    你启动的就是父进程，PID 是 24247。其他进程都由父进程启动。
    父进程启动了 writer（PID 24249）：把本程序从头再运行一遍，需要管道时，管道的
    一端就接在它的 stdin 或 stdout 上。这相当于 fork 加 exec，也就是 Python 的启
    动方法 spawn；子进程并不是父进程的副本。
    父进程调用 recv()，一直阻塞到另一端发来内容为止。
    writer（PID 24249）在父进程启动它 1.02 毫秒之后才开始执行。两者同时运行，再
    运行一次，这几行的先后可能就不同了。
    writer（PID 24249）把全部内容作为一条消息发送：在这里是一行 JSON，在 Python
    里是 pickle。管道能装 64 KiB；再长一些，send() 就要等另一端接收。
    从 writer（PID 24249）调用 send() 到父进程收到，用了 54 微秒：一次 send() 对
    应一次 recv()，消息多长都一样。
    父进程打印的是自己的一份副本，原件在 writer（PID 24249）那里：进程之间不共享
    变量。
    父进程现在朝另一个方向发送。双向管道可以这样做：在这里是两个内核管道，在
    Python 里是一对套接字（socket）；单向管道会拒绝。
mp-demo: cannot receive: this is the sending end of a one-way pipe (duplex=False)
    单向管道（duplex=False）的一端只能接收，另一端只能发送，所以 writer
    （PID 24249）的 recv() 被拒绝了。这并无大碍，该进程会继续运行。
    writer（PID 24249）现在睡眠 27.7 毫秒。这段时间里睡眠的进程不占用 CPU，其他
    进程照常运行。
mp-demo: cannot send: this is the receiving end of a one-way pipe (duplex=False)
    在另一端也是同样的规则：父进程的 send() 被拒绝了。
    父进程这时在 join() 里等 writer（PID 24249）结束，此外没有别的子进程。
    writer（PID 24249）正常结束，退出状态是 0。父进程已经把它回收，不会留下僵尸
    进程。
    join() 等了 28.2 毫秒后返回，因为 writer（PID 24249）结束了。
    总共启动了 1 个进程，已回收：1 个以退出状态 0 结束。

"#]]
    );
}

#[test]
fn counters_of_two_processes() {
    snapbox::assert_data_eq!(
        notes_of("memory", "en", 80),
        snapbox::str![[r#"
    Options of this run: speed 1.0. This run may use 2 cores.
    The parent looks at a global variable: its value is 10, at the address
    0x9b1ef0 of this process's own memory.
    The parent has started child (PID 24252): the same program, from its
    beginning, with the ends of pipes that it needs as its stdin and stdout.
    That is fork and exec in one, Python's start method spawn; the child isn't a
    copy of its parent.
    The parent now waits in join() for child (PID 24252) to end. There is no
    other child.
    The address is the same as in the parent, 0x9b1ef0, but the memory isn't: in
    child (PID 24252) the variable is 0, there it is 10. An address means
    something only within one process.
    child (PID 24252) has counted from 0 to 5 in its own memory. In the parent
    it is still 10.
    child (PID 24252) sends all of it as one message: a line of JSON here, a
    pickle in Python. A pipe holds 64 KiB; if the message is longer, send()
    waits until the other end receives.
    The parent joins child (PID 24252) before receiving what it sends. That is
    safe only for what fits into a pipe (64 KiB). Anything longer would be a
    deadlock: one waits in send() and the other in join(), for ever.
    child (PID 24252) has ended by itself with exit status 0. The parent has
    reaped it, so it is no zombie.
    join() has returned after 1.17 ms, because child (PID 24252) has ended.
    Still 10 in the parent: although child (PID 24252) counted to 5, nothing has
    changed here. A result has to be sent.
    The parent calls recv(), which blocks until the other end has sent
    something.
    The parent received it 0.21 ms after child (PID 24252) called send(): one
    send() takes one recv(), however long the message.
    10 became 5 because the parent stored what it received: the value came as a
    message, not through shared memory.
    In all, 1 process was started and reaped: 1 ended with exit status 0.

"#]]
    );
}

#[test]
fn pools_of_workers_that_wait() {
    snapbox::assert_data_eq!(
        notes_of("bound-io", "zh", 80),
        snapbox::str![[r#"
    本次运行的选项：kind io, tasks 2, workers [1, 2], with processes, speed
    10.0。本次运行可用的 CPU 核心有 2 个。
    父进程启动一个进程池：1 个工作进程，队列里有 2 个 IO 密集型任务。这种任务大
    部分时间在等待，而同时等待的任务可以有任意多个。
    父进程启动了 worker（PID 4265）：把本程序从头再运行一遍，需要管道时，管道的
    一端就接在它的 stdin 或 stdout 上。这相当于 fork 加 exec，也就是 Python 的启
    动方法 spawn；子进程并不是父进程的副本。
    父进程调用 get()。只要队列是空的，这个调用就一直阻塞，直到有值到来，或者最后
    一个写端关闭。
    answerer（PID 4266）调用 recv()，一直阻塞到另一端发来内容为止。
    answerer（PID 4266）是由 worker（PID 4265）以同样的方式启动的，所以要由
    worker（PID 4265）而不是父进程来回收它。
    worker（PID 4265）取走了任务 1。任务不由父进程分派：哪个工作进程空闲，就自己
    从队列里取下一个。
    answerer（PID 4266）现在睡眠 10.0 毫秒。这段时间里睡眠的进程不占用 CPU，其他
    进程照常运行。
    任务 1（IO 密集型）在 worker（PID 4265）那里花了 10.3 毫秒，其中 0.16 毫秒在
    CPU 核心上运行，其余时间在等待。
    worker（PID 4265）这时在 join() 里等 answerer（PID 4266）结束，此外没有别的
    子进程。
    父进程接着在 join() 里等 worker（PID 4265）。
    answerer（PID 4266）正常结束，退出状态是 0。worker（PID 4265）已经把它回收，
    不会留下僵尸进程。
    join() 等了 8.60 毫秒后返回，因为 answerer（PID 4266）结束了。
    worker（PID 4265）也正常结束，退出状态是 0。
    下一个进程池：2 个工作进程，2 个 IO 密集型任务。
    父进程以同样的方式启动了 worker-1（PID 4268）。
    worker-2（PID 4269）以同样的方式启动了 answerer-2（PID 4270）。
    父进程以同样的方式启动了 worker-2（PID 4269）。
    worker-1（PID 4268）以同样的方式启动了 answerer-1（PID 4271）。
    worker-2（PID 4269）接着在 join() 里等 answerer-2（PID 4270）。
    worker-1（PID 4268）接着在 join() 里等 answerer-1（PID 4271）。
    父进程接着在 join() 里等 worker-1（PID 4268）。
    answerer-2（PID 4270）也正常结束，退出状态是 0。
    worker-2（PID 4269）结束了，但 join() 等的是 worker-1（PID 4268），所以还要
    继续等。不过父进程照样回收了 worker-2（PID 4269），不会留下僵尸进程。
    answerer-1（PID 4271）也正常结束，退出状态是 0。
    worker-1（PID 4268）也正常结束，退出状态是 0。
    这次 join() 立即返回：worker-2（PID 4269）在 0.19 毫秒之前就已被回收。
    这一行的数字是本次运行在这台机器上测得的，可用的核心有 2 个；再运行一次，数
    字会有所不同。
    总共启动了 6 个进程，全部已回收：6 个以退出状态 0 结束。

"#]]
    );
}

#[test]
fn customers_of_a_ticket_office() {
    snapbox::assert_data_eq!(
        notes_of("async", "en", 80),
        snapbox::str![[r#"
    Options of this run: customers 3, wait 0.2, speed 4.0. --seed 2 repeats its
    random pauses; scheduling is still up to the kernel. This run may use 2
    cores.
    3 customers with a delay each. One after another, that takes 92.1 ms in all;
    if all wait at the same time, only the longest delay, 45.7 ms.
    office (PID 4253) calls recv(), which blocks until the other end has sent
    something.
    The parent has started office (PID 4253): the same program, from its
    beginning, with the ends of pipes that it needs as its stdin and stdout.
    That is fork and exec in one, Python's start method spawn; the child isn't a
    copy of its parent.
    The parent calls get(). While the queue is empty the call blocks, until a
    value comes or the last write end is closed.
    The parent has started in-line (PID 4254) in the same way.
    in-line (PID 4254) asks the office for customer 1, and can do nothing else
    until the answer is there.
    Customer 1 of in-line (PID 4254) got the ticket 11.3 ms after asking; the
    office's delay was 10.1 ms of that.
    The parent now waits in join() for in-line (PID 4254) to end. It isn't
    waiting for office.
    in-line (PID 4254) has ended by itself with exit status 0. The parent has
    reaped it, so it is no zombie.
    join() has returned after 73 us, because in-line (PID 4254) has ended. Still
    running, and not yet joined: office.
    The figures in this row were measured in this run, on this machine, with 2
    cores available: another run gives other figures.
    The parent has started customer-1 (PID 4255) in the same way.
    The parent has started customer-2 (PID 4256) in the same way.
    2 processes now wait at the same time, each for its own customer: a call
    that blocks stops only its own process.
    The parent has started customer-3 (PID 4257) in the same way.
    Next, the parent calls join() for customer-1 (PID 4255).
    customer-1 (PID 4255) has ended with exit status 0 as well.
    customer-2 (PID 4256) has ended with exit status 0 as well.
    customer-3 (PID 4257) has ended with exit status 0 as well.
    This join() returns at once: customer-2 (PID 4256) has just been reaped.
    Further starts are not described one by one.
    loop (PID 4258) has 2 open requests at the same time, all in one thread:
    that is its event loop, which goes on to the next customer instead of
    waiting for the answer.
    Next, the parent calls join() for loop (PID 4258).
    loop (PID 4258) has ended with exit status 0 as well.
    Customer 1 got the ticket only 46.9 ms after asking, though the office's
    delay was 10.1 ms: until then, another customer blocked the one thread of
    blocked-loop (PID 4259).
    Next, the parent calls join() for blocked-loop (PID 4259).
    Further ends of processes are not described one by one.
    The parent can't wait for office (PID 4253) to end by itself: its loop is
    endless, so join() would never return. So it sends SIGTERM (15).
    terminate() sends SIGTERM and does not wait, so a join() has to follow:
    without one, office (PID 4253) would stay a zombie until the parent ends or
    starts another child, and nobody would see its exit status.
    office (PID 4253) was killed by SIGTERM (15): in Python its exitcode is -15,
    in a shell its exit status is 143 = 128 + 15. The parent has reaped it, so
    it is no zombie.
    In all, 7 processes were started, and all were reaped: 6 ended with exit
    status 0, 1 was killed by SIGTERM (15).

"#]]
    );
}
