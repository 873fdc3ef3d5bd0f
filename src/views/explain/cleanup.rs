//! A process has something to clean up, and is sent a signal.

use super::moment::Moment;
use super::note::{Signal, Who, notes};
use super::story::Story;
use crate::events::Status;

impl Story {
    /// A process makes something that has to be cleaned up.
    pub fn tries(&mut self, now: &Moment) {
        self.past(now.pid).has_to_clean_up = true;
        self.once(HasToCleanUp { who: now.me() });
    }

    /// It cleans up.
    pub fn cleans_up(&mut self, now: &Moment) {
        self.past(now.pid).has_to_clean_up = false;
        self.once(CleansUp { who: now.me() });
    }

    /// A process sends a signal to one that has something to clean up; says whether it has.
    pub fn signal_to_cleaner(&mut self, child_pid: u32, signal: i32, now: &Moment) -> bool {
        let (by, child) = (now.me(), now.run.who(child_pid));
        let signal = Signal(signal);
        self.past(child_pid).has_to_clean_up && self.once(SignalToCleaner { by, child, signal })
    }

    /// A process sends SIGTERM to its child; says whether that is because it cleans up.
    pub fn signal_by_cleaner(&mut self, child_pid: u32, now: &Moment) -> bool {
        let (by, child) = (now.me(), now.run.who(child_pid));
        self.past(now.pid).has_to_clean_up && self.once(TerminateInCleanup { by, child })
    }

    /// A process has ended, perhaps before it has cleaned up.
    pub fn cleaner_ended(&mut self, child: u32, status: Status, now: &Moment) {
        if let (Status::Signal(signal), true) = (status, self.past(child).has_to_clean_up) {
            let (who, signal) = (now.run.who(child), Signal(signal));
            self.once(EndsUncleaned { who, signal });
        }
    }
}

notes! {
    HasToCleanUp { who: Who } samples (reader())
    en "From here on {who} has something to clean up: in Python that stands in a `finally`, in \
        Rust in a `Drop`. Both run when \
        the block is left, by a return or by an error."
    zh "从这里起，{who}有东西要清理：在 Python 里写在 `finally` 里，在 Rust 里写在 `Drop` 里。无论\
        是返回还是出错，离开这一段代码时都会执行。"

    brief SignalToCleaner { by: Who, child: Who, signal: Signal } samples (parent(), reader(), Signal(15))
    en "{by} sends {signal} to {child} while it waits. The kernel asks what {child} has arranged \
        for this signal; without any \
        arrangement it ends there."
    zh "{by}趁{child}等待时向它发送{signal}。内核要看{child}为这个信号作了什么安排；没有安排，它就\
        到此结束。"

    brief EndsUncleaned { who: Who, signal: Signal } samples (reader(), Signal(15))
    en "{who} has not cleaned up: {signal} has ended it in the middle of a call, and nobody has \
        left the block."
    zh "{who}没有清理：{signal}让它在一次调用的中途就地结束，没有离开那一段代码。"

    brief TerminateInCleanup { by: Who, child: Who } samples (writer(), reader())
    en "{by} cleans up, and that includes its own child: nobody else would send {child} SIGTERM."
    zh "{by}开始清理，自己的子进程也在其中：别人不会向{child}发送 SIGTERM。"

    CleansUp { who: Who } samples (reader())
    en "{who} has caught the signal and left the block, so it cleans up. It ends by itself now, \
        and its exit status says nothing of \
        a signal."
    zh "{who}捕获了信号，离开了那一段代码，所以做了清理。它现在是自己结束的，从退出状态看不出信号。"
}
