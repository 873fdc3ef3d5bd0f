//! Notes about the ends of processes, by themselves or by a signal.

use super::moment::Moment;
use super::note::{Actor, List, SignalName, clipped, notes, shown};
use super::story::{Series, Story};
use crate::events::{Event, Status, Way};
use crate::state::Activity;

impl Story {
    pub(super) fn see_ends(&mut self, now: &Moment) {
        match &now.event {
            Event::Terminate { child, .. } => self.terminate(*child, now),
            Event::Kill { child, why, .. } => {
                let (by, child) = (now.me(), now.run.who(*child));
                match (why.is_some(), now.signals_on_purpose()) {
                    (true, _) => self.few(Series::SIGNALS, |_| Kill { by, child }),
                    (false, None) => self.few(Series::SIGNALS, |_| KillRest { by, child }),
                    (false, Some(_)) => self.few(Series::SIGNALS, |_| KillWhileAlive { by, child }),
                }
            }
            Event::Exited { child, status, .. } => self.exited(*child, *status, now),
            Event::Error { why } => {
                let (who, message) = (now.me(), clipped(&why.to_string(), 200));
                self.few(Series::ENDS, |_| GivesUp { who, message })
            }
            _ => false,
        };
    }

    fn terminate(&mut self, child_pid: u32, now: &Moment) -> bool {
        let (by, child) = (now.me(), now.run.who(child_pid));
        let stands_between = |pid| now.run.process(pid).is_some_and(|it| it.stands_between);
        if now.run.ended(child_pid).is_some() {
            self.once(TerminateEnded { child })
        } else if stands_between(child_pid) {
            self.once(TerminateBetween { by, child })
        } else if stands_between(now.pid) {
            self.few(Series::SIGNALS, |_| PassesOn { by, child })
        } else {
            let past = self.past.get(&child_pid);
            let is_untold = past.is_some_and(|it| it.reads.is_some() && !it.is_told);
            let is_endless = is_untold && self.sentinel.is_none();
            let put = self.puts;
            let left = now.run.on_its_way(Way::Queue).map(|sent| shown(&sent.value)).collect();
            self.few(Series::SIGNALS, |again| Terminate { by, child, is_endless, put, left, again })
        }
    }

    fn exited(&mut self, child_pid: u32, status: Status, now: &Moment) -> bool {
        let (by, child) = (now.me(), now.run.who(child_pid));
        match status {
            Status::Code(code) => *self.codes.entry(code).or_default() += 1,
            Status::Signal(signal) => *self.signals.entry(signal).or_default() += 1,
        }
        match status {
            Status::Code(0) => {
                let is_second =
                    self.times::<ExitedUnasked>() == 0 && self.times::<ExitedWell>() > 0;
                // A log that has lost the beginning of a process has no name for it.
                let awaited = awaited_instead(now, child_pid).filter(|it| !it.role.is_empty());
                if let Some(awaited) = awaited.filter(|_| is_second) {
                    return self.tell(ExitedUnasked { child, by, awaited });
                }
                let role = child.role.clone();
                self.few_about(&role, Series::ENDS, |again| ExitedWell { child, by, again })
            }
            Status::Code(code) => self.few(Series::ENDS, |_| ExitedBadly { child, code }),
            Status::Signal(signal) => {
                let signal = SignalName(signal);
                let was_sent = now.run.process(child_pid).is_some_and(|it| it.signalled.is_some());
                self.few(Series::ENDS, |again| ExitedBySignal {
                    child,
                    by,
                    signal,
                    was_sent,
                    again,
                })
            }
        }
    }
}

/// The child that a process waits for, if that is not `child`. Of children that have ended
/// together, the awaited one may be the first to be reaped: then none is waited for any more.
fn awaited_instead(now: &Moment, child: u32) -> Option<Actor> {
    let Activity::Joining(awaited) = now.run.process(now.pid)?.does(None) else {
        return None;
    };
    let still_runs = awaited != child && now.run.ended(awaited).is_none();
    still_runs.then(|| now.run.who(awaited))
}

/// The exit status that a shell has for a signal, and where it comes from.
fn in_shell(signal: i32) -> String {
    format!("{} = 128 + {signal}", 128 + i64::from(signal)).replace(' ', "\u{a0}")
}

notes! {
    brief Terminate {
        by: Actor, child: Actor, is_endless: bool, put: usize, left: List, again: bool
    } samples
        (parent(), reader(), true, 0, none(), false) (parent(), reader(), true, 9, none(), false)
        (parent(), reader(), false, 9, one(), false) (parent(), reader(), true, 9, many(), false)
        (parent(), reader(), false, 0, none(), false) (parent(), reader(), true, 9, none(), true)
    en {
        let left = match (*put, left.len()) {
            (0, _) => String::new(),
            (_, 0) => ", now that every value has been got".into(),
            (_, 1) => format!(", although 1 value was put and is not got yet: {left}"),
            (_, many) => format!(", although {many} values were put and are not got yet: {left}"),
        };
        match (*again, *is_endless) {
            (true, _) => format!("SIGTERM for {child} as well."),
            (false, true) => format!("Nothing has told {child} to stop calling get(), so join() \
                could wait for ever. {by:#} sends SIGTERM (15){left}."),
            (false, false) => format!("{by} sends SIGTERM (15) to {child}{left}."),
        }
    }
    zh {
        let left = match (*put, left.len()) {
            (0, _) => String::new(),
            (_, 0) => "这时所有的值都已取走。".into(),
            (_, many) => format!("这时还有 {many} 个值放入后没有取走：{left}。"),
        };
        match (*again, *is_endless) {
            (true, _) => format!("对{child}也发送 SIGTERM。"),
            (false, true) => format!("没有任何东西告诉{child}该结束了，它会一直调用 get()，join() \
                可能永远等下去。于是{by}发送 SIGTERM（15）。{left}"),
            (false, false) => format!("{by}向{child}发送 SIGTERM（15）。{left}"),
        }
    }

    brief TerminateBetween { by: Actor, child: Actor } samples (parent(), reader())
    en "{by} sends SIGTERM (15) to {child}, which passes it on to the command that it has started."
    zh "{by}向{child}发送 SIGTERM（15）；{child}会把信号转给它启动的命令。"

    PassesOn { by: Actor, child: Actor } samples (reader(), writer())
    en "{by} passes SIGTERM on to {child}, which may catch it, and waits for its end."
    zh "{by}把 SIGTERM 转给{child}，后者可以捕获这个信号；{by}等待它结束。"

    TerminateEnded { child: Actor } samples (reader())
    en "{child} has already ended, so terminate() sends no signal."
    zh "{child}早已结束，所以 terminate() 没有发送信号。"

    brief Kill { by: Actor, child: Actor } samples (parent(), reader())
    en "{child} has not ended in time. So {by} sends SIGKILL (9), which can't be caught, ignored \
        or blocked, and ends a stopped process as well."
    zh "{child}没有及时结束，于是{by}发送 SIGKILL（9）：这个信号不能被捕获、忽略或阻塞，\
        对已暂停的进程同样有效。"

    brief KillRest { by: Actor, child: Actor } samples (parent(), reader())
    en "{by:#} sends SIGKILL (9) to {child}, so that no process is left when the run is over."
    zh "{by}向{child}发送 SIGKILL（9），以免运行结束后还有进程留下来。"

    brief KillWhileAlive { by: Actor, child: Actor } samples (parent(), reader())
    en "{by} sends SIGKILL (9) to {child}, which ends at once: it can't clean up, and releases no lock."
    zh "{by}向{child}发送 SIGKILL（9）：{child}立即终止，来不及清理，也来不及释放锁。"

    ExitedWell { child: Actor, by: Actor, again: bool }
        samples (writer(), parent(), false) (writer(), parent(), true)
    en {
        "{child} has ended by itself with exit status 0. {by:#} has reaped it, so no zombie is left."
        again "{child} has ended with exit status 0 as well."
    }
    zh {
        "{child}自行结束，退出状态是 0。{by}已经把它回收，不会留下僵尸进程。"
        again "{child}也自行结束，退出状态是 0。"
    }

    ExitedUnasked { child: Actor, by: Actor, awaited: Actor } samples (writer(), parent(), reader())
    en "{child} has ended, but join() goes on waiting for {awaited}. {by:#} has reaped {child} all \
        the same, so no zombie is left."
    zh "{child}结束了，但 join() 等的是{awaited}，所以还要继续等。不过{by}照样回收了{child}，不会留\
        下僵尸进程。"

    brief ExitedBadly { child: Actor, code: i32 } samples (writer(), 3)
    en "{child} has ended with exit status {code}, so it has failed. Python's exitcode and a \
        shell's $? would be {code} too."
    zh "{child}结束了，退出状态是 {code}，说明出了错。Python 的 exitcode 和 shell 的 $? 也都会是 \
        {code}。"

    brief ExitedBySignal {
        child: Actor, by: Actor, signal: SignalName, was_sent: bool, again: bool
    }
        samples (writer(), parent(), SignalName(15), true, false)
            (writer(), parent(), SignalName(40), false, false)
            (writer(), parent(), SignalName(15), false, true)
    en {
        let (number, status) = (signal.number(), in_shell(signal.number()));
        let sender = match *was_sent {
            true => format!("{by:#} has reaped it, so no zombie is left."),
            false => "The log doesn't say which process sent that signal.".into(),
        };
        match *again {
            true => format!("{child} was killed by {signal} as well."),
            false => format!("{child} was killed by {signal}: in Python its exitcode is -{number}, \
                in a shell its exit status is {status}. {sender}"),
        }
    }
    zh {
        let (number, status) = (signal.number(), in_shell(signal.number()));
        let sender = match *was_sent {
            true => format!("{by}已经把它回收，不会留下僵尸进程。"),
            false => "日志里没有记下这个信号是哪个进程发送的。".into(),
        };
        match *again {
            true => format!("{child}也被{signal}终止。"),
            false => format!("{child}被{signal}终止：在 Python 里，它的 exitcode 为 -{number}；在 \
                shell 里，退出状态为 {status}。{sender}"),
        }
    }

    brief GivesUp { who: Actor, message: String } samples (writer(), "no 3 readers.".into())
    en "{who:#} gives up and will end with exit status 1: {message}"
    zh "{who}出错退出，退出状态将是 1，原因是：{message}"
}
