//! What goes on inside a process: its threads, its loop, its sleep.

use super::moment::Moment;
use super::note::{Seconds, Who, clipped, count, notes};
use super::story::Story;

impl Story {
    /// A thread begins that is not the main one.
    pub fn thread_running(&mut self, thread: &str, now: &Moment) {
        let (who, thread) = (now.me(), clipped(thread, 40));
        let past = self.past(now.pid);
        past.threads.1 += 1;
        match past.loop_is_over {
            true => self.once(ThreadRunsLate { who, thread }),
            false => self.once(ThreadRuns { who, thread }),
        };
    }

    /// A turn of a loop, in which a thread is started.
    pub fn turn(&mut self, now: &Moment) {
        self.past(now.pid).threads.0 += 1;
        let who = now.me();
        self.once(Turn { who });
    }

    /// A main thread has left its loop.
    pub fn loop_over(&mut self, now: &Moment) {
        let who = now.me();
        let past = self.past(now.pid);
        past.loop_is_over = true;
        let (threads, ran) = past.threads;
        match threads.saturating_sub(ran) {
            0 => self.once(LoopOverLast { who, threads }),
            left => self.once(LoopOver { who, threads, left }),
        };
    }

    /// A main thread waits for the others.
    pub fn wait_join(&mut self, now: &Moment) {
        let who = now.me();
        self.once(WaitJoin { who });
    }

    /// A process or a thread sleeps.
    pub fn sleep(&mut self, seconds: f64, now: &Moment) {
        if seconds > 0.0 {
            let (who, seconds) = (now.me(), Seconds(seconds));
            self.once(Sleep { who, seconds });
        }
    }
}

notes! {
    ThreadRuns { who: Who, thread: String } samples (writer(), "Thread-3".into())
    en "This line comes from {thread}, a thread inside {who}: not another process, but the same \
        PID and the same memory. The \
        kernel decides when it runs."
    zh "这一行由{who}里的线程 {thread} 打印。线程不是另一个进程：PID 相同，内存也是同一块；何时运\
        行由内核决定。"

    brief ThreadRunsLate { who: Who, thread: String } samples (writer(), "Thread-3".into())
    en "{thread} of {who} runs only now, after the main thread has left its loop: the loop \
        doesn't wait for its threads."
    zh "{who}的线程 {thread} 到现在才运行，这时主线程已经退出循环了：循环里并不等待线程。"

    Turn { who: Who } samples (writer())
    en "In each turn of its loop {who} starts a thread and doesn't wait for it: the thread's line \
        may come at any time from now \
        on."
    zh "{who}每循环一次就启动一个线程，而且不等线程结束：从现在起，线程的那一行随时可能出现。"

    LoopOver { who: Who, threads: u32, left: u32 } samples
        (writer(), 5, 2) (writer(), 5, 5) (writer(), 1, 1) (writer(), 5, 1)
    en {
        let those = match *left == *threads {
            true => format!("its {}", count(*threads, "thread")),
            false => format!("{left} of its {threads} threads"),
        };
        let have = if *left == 1 { "has" } else { "have" };
        format!("{who} has left its loop, but {those} {have} not printed anything yet. The \
            process waits for all its \
            threads before it ends, as a Python process does.")
    }
    zh {
        let those = match (*left == *threads, *threads) {
            (true, 1) => "还没有输出".into(),
            (true, _) => "都还没有输出".into(),
            (false, _) => format!("里还有 {left} 个没有输出"),
        };
        format!("{who}退出了循环，而该进程的 {threads} 个线程{those}。进程会等所有线程运行完再结\
            束，Python 的进程也是这样。")
    }

    LoopOverLast { who: Who, threads: u32 } samples (writer(), 5)
    en {
        let threads = count(*threads, "thread");
        format!("{who} has left its loop, and this time its {threads} ran before that. It could \
            just as well have been the other \
            way round.")
    }
    zh "{who}退出了循环，这一次该进程的 {threads} 个线程在那之前都运行过了：反过来也完全可能。"

    WaitJoin { who: Who } samples (reader())
    en "The main thread of {who} waits in join() for the other threads of this process, which do \
        the work."
    zh "{who}的主线程在 join() 里等待，执行任务的是同一个进程里的其他线程。"

    Sleep { who: Who, seconds: Seconds } samples (writer(), WAITED)
    en "{who} now sleeps for {seconds}. Meanwhile it needs no processor, and the others go on."
    zh "{who}现在睡眠 {seconds}。这段时间里睡眠的进程不占用 CPU，其他进程照常运行。"
}
