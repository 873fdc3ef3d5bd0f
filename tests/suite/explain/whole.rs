//! Recorded runs, explained from the first event to the last. All else is tested by facts, so that
//! a changed word changes one screen and not eight.

use super::notes_of;

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
