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
                story.once(CleansUp { who });
                return true;
            }
            None => {}
        }
        if let Some((child_pid, signal)) = now.signals_on_purpose() {
            let child = now.run.who(child_pid);
            if self.0.contains(&child_pid) {
                return story.once(SignalToCleaner { by: who, child, signal });
            }
            return self.0.contains(&now.pid) && story.once(TerminateInCleanup { by: who, child });
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
        (parent(), reader(), SignalName(15))
    en "{by} sends {signal} to {child} while it waits. The kernel asks what {child} has arranged \
        for this signal; without any arrangement it ends there."
    zh "{by}趁{child}等待时向它发送{signal}。内核要看{child}为这个信号作了什么安排；没有安排，它就\
        到此结束。"

    brief EndsUncleaned { who: Actor, signal: SignalName } samples (reader(), SignalName(15))
    en "{who} has not cleaned up: {signal} has ended it in the middle of a call, so neither a \
        `finally` nor a `Drop` has run."
    zh "{who}没有清理：{signal}让它在一次调用的中途就地结束，写在 `finally` 或 `Drop` 里的代码都没\
        有执行。"

    brief TerminateInCleanup { by: Actor, child: Actor } samples (writer(), reader())
    en "{by} cleans up, and that includes its own child: nobody else would send {child} SIGTERM."
    zh "{by}开始清理，自己的子进程也在其中：别人不会向{child}发送 SIGTERM。"

    CleansUp { who: Actor } samples (reader())
    en "{who} has caught the signal and left the block, so it cleans up. It ends by itself now, \
        and its exit status says nothing of a signal."
    zh "{who}捕获了信号，离开了那一段代码，所以做了清理。它现在是自己结束的，从退出状态看不出信号。"
}
