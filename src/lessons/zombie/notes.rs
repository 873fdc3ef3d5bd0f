//! What `--explain` tells of this lesson only.

use std::collections::HashSet;

use serde::Deserialize;

use super::events::ZombieEvent;
use crate::events::{Call, Event, Status};
use crate::state::Activity;

use crate::views::explain::{Actor, Moment, Narrator, SignalName, Story, notes};

#[derive(Default)]
pub(super) struct ZombieNarrator {
    /// Whether the lesson's program joins its child itself.
    joins: bool,
    /// The processes that were zombies at a look.
    zombies: HashSet<u32>,
}

#[derive(Default, Deserialize)]
struct Settings {
    join: bool,
}

impl Narrator for ZombieNarrator {
    fn see(&mut self, now: &Moment, story: &mut Story) -> bool {
        match &now.event {
            Event::Run { options, .. } => {
                self.joins =
                    serde_json::from_str::<Settings>(options.get()).is_ok_and(|it| it.join);
            }
            Event::Terminate { child: pid, .. } => {
                let (by, child) = (now.me(), now.run.who(*pid));
                return match now.run.process(*pid).map(|it| it.does(None)) {
                    Some(Activity::Waiting(Call::Get)) if !story.has_put() => {
                        story.once(TerminateWaiting { by, child })
                    }
                    Some(Activity::Joining(other)) => {
                        story.once(TerminateMiddle { by, child, other: now.run.who(other) })
                    }
                    _ => false,
                };
            }
            Event::Join { child, .. } if !self.joins && self.zombies.contains(child) => {
                return story.once(TidiesUp { child: now.run.who(*child) });
            }
            Event::Joined { child, .. } if !self.joins && self.zombies.contains(child) => {
                return true;
            }
            _ => {}
        }
        let Some(ZombieEvent::ProcessState { of, state, status, .. }) = now.event.own() else {
            return false;
        };
        let started = now.run.process(of).and_then(|it| it.started.as_ref());
        let is_adopted = started.is_some_and(|it| it.by != now.pid);
        let (by, of) = (now.me(), now.run.who(of));
        match (state, status) {
            (None, _) if now.run.process(of.pid).is_some_and(|it| it.is_joined) => {
                story.once(StateGone { of })
            }
            (None, _) if is_adopted => story.once(OrphanGone { of, by }),
            (Some('Z'), Some(Status::Signal(signal))) if self.zombies.insert(of.pid) => {
                story.once(StateZombie { of, by, signal: SignalName(signal) })
            }
            (Some('Z'), _) if !is_adopted => story.once(StateStillZombie { of, by }),
            (Some('Z'), _) => story.once(StateOrphanEnded { of, by }),
            (Some('S'), _) => story.once(StateAlive { of }),
            _ => false,
        };
        true
    }
}

notes! {
    brief TerminateWaiting { by: Actor, child: Actor } samples (parent(), reader())
    en "{by} sends SIGTERM (15) to {child}, which would not end by itself: it waits in get() for a \
        value, and no process has put one."
    zh "{by}向{child}发送 SIGTERM（15）。{child}自己是不会结束的：它在 get() 里等一个值，却没有哪个\
        进程放入过值。"

    brief TerminateMiddle { by: Actor, child: Actor, other: Actor } samples
        (parent(), reader(), writer())
    en "{by} sends SIGTERM (15) to {child}, which would end only after {other}: it waits for that \
        one in join()."
    zh "{by}向{child}发送 SIGTERM（15）。{child}在 join() 里等{other}，后者不结束，它自己也不会结\
        束。"

    StateAlive { of: Actor } samples (reader())
    en "This is what `ps` shows, too: {of} sleeps in a system call (S), and has memory of its own."
    zh "`ps` 看到的也是这些：{of}在系统调用里睡眠（S），有自己的内存。"

    StateZombie { of: Actor, by: Actor, signal: SignalName }
        samples (reader(), parent(), SignalName(15))
    en "{of} has ended: it has no memory any more, and nothing runs. What is left is a line in the \
        list of processes (Z), with its PID and how it ended, {signal}. That is kept for {by}, \
        which can ask for it with join()."
    zh "{of}已经结束：内存没有了，也不再运行。剩下的只是进程表里的一行（Z）：PID 和结束的方式\
        （{signal}）。这是留给{by}的，它可以用 join() 来回收。"

    brief StateStillZombie { of: Actor, by: Actor } samples (reader(), parent())
    en "Waiting changes nothing: {of} stays a zombie until {by} reaps it with join(), or ends \
        itself. In Python is_alive(), active_children() and the next start() reap it, too, under \
        the start methods fork and spawn. With forkserver, a server is its parent, and reaps it \
        at once."
    zh "再等也没有用：在{by}用 join() 回收{of}，或者自己结束之前，{of}一直是僵尸进程。在 Python 里，\
        启动方法是 fork 或 spawn 时，is_alive()、active_children() 和下一次 start() 也会回收；用 \
        forkserver 时，父进程是一个服务器进程，由它立即回收。"

    brief StateGone { of: Actor } samples (reader())
    en "join() has reaped {of}: its exit status is read, and nothing is left of it. From now on \
        the kernel may give its PID to another process."
    zh "join() 回收了{of}：退出状态已经读走，它什么都不剩了。从此以后，内核可能把这个 PID 分给别的进\
        程。"

    brief TidiesUp { child: Actor } samples (reader())
    en "The lesson's program ends here, without a join(). It is mp-demo that reaps {child} now, \
        since it leaves no process behind."
    zh "本课的程序到此结束，没有调用 join()。现在由 mp-demo 自己回收{child}，因为它不留下任何进程。"

    brief OrphanGone { of: Actor, by: Actor } samples (reader(), parent())
    en "{of} is reaped, and nothing is left of it. {by:#} used waitpid() for that, since Python's \
        join() is only for children that a process has started itself."
    zh "{of}已被回收，什么都不剩了。这里{by}用的是 waitpid()，因为 Python 的 join() 只能用于自己启动\
        的子进程。"

    brief StateOrphanEnded { of: Actor, by: Actor } samples (reader(), parent())
    en "{of} has ended, and its new parent has to reap it: here that is {by}, elsewhere it is \
        usually PID 1."
    zh "{of}结束了，要由新的父进程来回收：在这里是{by}，在别处通常是 PID 1。"
}
