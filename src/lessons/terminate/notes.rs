//! What `--explain` tells of this lesson only.

use std::collections::HashSet;

use super::events::TerminateEvent;
use crate::events::{Event, Status};
use crate::views::explain::{Actor, Moment, Narrator, SignalName, Story, notes};

/// The PIDs of the processes that have something to clean up.
#[derive(Default)]
pub(super) struct TerminateNarrator(HashSet<u32>);

impl Narrator for TerminateNarrator {
    fn see(&mut self, now: &Moment, story: &mut Story) -> bool {
        let who = now.me();
        match now.event.own() {
            Some(TerminateEvent::Try {}) => {
                self.0.insert(now.pid);
                story.once(HasToCleanUp { who });
                return true;
            }
            Some(TerminateEvent::Finally {}) => {
                self.0.remove(&now.pid);
                let signalled = now.run.process(now.pid).and_then(|it| it.signalled);
                if let Some((_, signal)) = signalled {
                    story.once(CleansUp { who, signal: SignalName(signal) });
                }
                return true;
            }
            None => {}
        }
        if let Some((child_pid, signal)) = now.signals_on_purpose() {
            let child = now.run.who(child_pid);
            if self.0.contains(&child_pid) {
                return story.once(SignalToCleaner { by: who, child, signal });
            }
            let is_told = now.run.process(now.pid).is_some_and(|it| it.signalled.is_some());
            return is_told
                && self.0.contains(&now.pid)
                && story.once(TerminateInCleanup { by: who, child });
        }
        if let Event::Exited { child, status: Status::Signal(signal), .. } = now.event
            && self.0.contains(&child)
        {
            story.once(EndsUncleaned { who: now.run.who(child), signal: SignalName(signal) });
        }
        false
    }
}

notes! {
    HasToCleanUp { who: Actor } samples (reader())
    en "From here on {who} has something to clean up: in Python that stands in a `finally`, in \
        Rust in a `Drop`. Both run when the block is left, by a return or by an error."
    zh "从这里起，{who}有东西要清理：在 Python 里写在 `finally` 里，在 Rust 里写在 `Drop` 里。无论\
        是返回还是出错，离开这一段代码时都会执行。"

    brief SignalToCleaner { by: Actor, child: Actor, signal: SignalName } samples
        (parent(), reader(), SignalName(15)) (parent(), reader(), SignalName(9))
    en {
        let asks = match signal.number() {
            Status::SIGKILL => "can't catch it: the kernel ends it at once",
            _ => "may have arranged for this signal (a handler, or blocking it); if it has not, \
                the kernel ends it at once",
        };
        format!("{by} sends {signal} to {child}, which {asks}.")
    }
    zh {
        let asks = match signal.number() {
            Status::SIGKILL => "这个信号无法捕获，内核立即终止该进程",
            _ => "后者可能为这个信号作了安排（设置处理函数，或者屏蔽），如果没有，内核就立即终止它",
        };
        format!("{by}向{child}发送{signal}；{asks}。")
    }

    brief EndsUncleaned { who: Actor, signal: SignalName } samples (reader(), SignalName(15))
    en "{who} has not cleaned up: {signal} has ended it where it was, so neither a `finally` nor a \
        `Drop` has run."
    zh "{who}没有清理：{signal}当场终止了它，写在 `finally` 或 `Drop` 里的代码都没有执行。"

    brief TerminateInCleanup { by: Actor, child: Actor } samples (writer(), reader())
    en "{by} cleans up, and that includes its own child: a signal to {by} does not reach {child}."
    zh "{by}开始清理，自己的子进程也在其中：发给{by}的信号，{child}是收不到的。"

    CleansUp { who: Actor, signal: SignalName } samples (reader(), SignalName(15))
    en "{who} was sent {signal} and has left the block, so it cleans up. A process that ends by \
        itself after that has an exit status that says nothing of a signal."
    zh "有进程向{who}发送了{signal}，它离开了那一段代码，所以做了清理。之后自行结束的进程，从退出状\
        态看不出信号。"
}
