//! Notes about what goes on inside a process: threads, sleep, measurements.

use super::moment::Moment;
use super::note::{Actor, Seconds, clipped, count, notes};
use super::story::Story;
use crate::events::{Call, Event};

impl Story {
    pub(super) fn see_threads(&mut self, now: &Moment) {
        let who = now.me();
        match (&now.event, &now.thread) {
            (Event::Running {}, Some(thread)) if now.line.is_some() => {
                self.once(ThreadRuns { who, thread: clipped(thread, 40) })
            }
            (Event::Wait { call: Call::Join, .. }, _) => self.once(WaitJoin { who }),
            (Event::Sleep { seconds, .. }, _) if *seconds > 0.0 => {
                self.once(Sleep { who, seconds: Seconds(*seconds) })
            }
            (Event::Measured { .. }, _) => self.once(Measured { cores: self.cores }),
            _ => false,
        };
    }
}

notes! {
    ThreadRuns { who: Actor, thread: String } samples (writer(), "Thread-3".into())
    en "{thread} is a thread inside {who}: not another process, but the same PID and the same \
        memory. The kernel decides when it runs."
    zh "{thread} 是{who}里的线程，不是另一个进程：PID 相同，内存也是同一块；何时运行由内核决定。"

    WaitJoin { who: Actor } samples (reader())
    en "The main thread of {who} waits in join() for the other threads of this process, which do \
        the work."
    zh "{who}的主线程在 join() 里等待，执行任务的是同一个进程里的其他线程。"

    Sleep { who: Actor, seconds: Seconds } samples (writer(), WAITED)
    en "{who} now sleeps for {seconds}. Meanwhile it needs no processor, and other processes can \
        run."
    zh "{who}现在睡眠 {seconds}。这段时间里它不占用 CPU，其他进程可以运行。"

    brief Measured { cores: usize } samples (2)
    en {
        let cores = count(*cores, "core");
        format!("The figures in this row were measured in this run, on this machine, with {cores} \
            available: another run gives other figures.")
    }
    zh "这一行的数字是本次运行在这台机器上测得的，可用的核心有 {cores} 个；再运行一次，数字会有所不\
        同。"
}
