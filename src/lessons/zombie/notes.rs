//! What `--explain` tells of this lesson only.

use super::events::ZombieEvent;
use crate::events::{Event, Status};
use crate::views::explain::{Actor, Moment, Narrator, SignalName, Story, notes};

#[derive(Default)]
pub(super) struct ZombieNarrator {
    has_seen_a_zombie: bool,
}

impl Narrator for ZombieNarrator {
    fn see(&mut self, now: &Moment, story: &mut Story) -> bool {
        if let Event::Terminate { child: pid, .. } = now.event {
            let (by, child) = (now.me(), now.run.who(pid));
            return match now.run.children_alive(pid).next() {
                None => story.once(TerminateWaiting { by, child }),
                Some(it) => story.once(TerminateMiddle { by, child, other: now.run.who(it.pid) }),
            };
        }
        let Some(ZombieEvent::ProcessState { of, state, status, .. }) = now.event.own() else {
            return false;
        };
        let (by, of) = (now.me(), now.run.who(of));
        match (state, status) {
            (None, _) if now.run.process(of.pid).is_some_and(|it| it.is_joined) => {
                story.once(StateGone { of })
            }
            (None, _) => story.once(OrphanGone { of, by }),
            (Some('Z'), Some(Status::Signal(signal))) if !self.has_seen_a_zombie => {
                self.has_seen_a_zombie = true;
                story.once(StateZombie { of, signal: SignalName(signal) })
            }
            (Some('Z'), Some(Status::Signal(_))) => story.once(StateStillZombie { of, by }),
            (Some('Z'), _) => story.once(StateOrphanEnded { of, by }),
            (Some(_), _) => story.once(StateAlive { of }),
        };
        true
    }
}

notes! {
    brief TerminateWaiting { by: Actor, child: Actor } samples (parent(), reader())
    en "{by} can't wait for {child} to end by itself: it waits in get() for a value that nobody \
        puts, so join() would never return. So it sends SIGTERM (15)."
    zh "{by}等不到{child}自己结束：它在 get() 里等一个值，却没有谁会放入，join() 永远不会返回。于是\
        只好发送 SIGTERM（15）。"

    brief TerminateMiddle { by: Actor, child: Actor, other: Actor } samples
        (parent(), reader(), writer())
    en "{by} can't wait for {child} to end by itself: it joins {other}, and so ends only after \
        that one. So it sends SIGTERM (15)."
    zh "{by}等不到{child}自己结束：它要 join {other}，后者不结束，它也不会结束。于是只好发送 \
        SIGTERM（15）。"

    StateAlive { of: Actor } samples (reader())
    en "This is what `ps` shows, too: {of} sleeps in a system call (S), and has memory of its own."
    zh "`ps` 看到的也是这些：{of}在系统调用里睡眠（S），有自己的内存。"

    StateZombie { of: Actor, signal: SignalName } samples (reader(), SignalName(15))
    en "{of} has ended: it has no memory any more, and nothing runs. What is left is a line in the \
        list of processes (Z), with its PID and how it ended, {signal}. That is for its parent, \
        who may ask for it with join()."
    zh "{of}已经结束：内存没有了，也不再运行。剩下的只是进程表里的一行（Z）：PID 和结束的方式\
        （{signal}）。这是留给父进程的，父进程可以用 join() 来取。"

    brief StateStillZombie { of: Actor, by: Actor } samples (reader(), parent())
    en "Waiting changes nothing: {of} stays a zombie until {by} asks with join(), or ends itself. \
        In Python is_alive(), active_children() and the next start() ask, too."
    zh "时间改变不了这一点：在{by}对{of}调用 join() 或者自己结束之前，{of}一直是僵尸进程。在 \
        Python 里，is_alive()、active_children() 和下一次 start() 也会取走它的退出状态。"

    brief StateGone { of: Actor } samples (reader())
    en "join() has taken the exit status, and with it the last that was left of {of}. From now on \
        the kernel may give its PID to another process."
    zh "join() 取走了退出状态，{of}就什么都不剩了。从此以后，内核可能把这个 PID 分给别的进程。"

    brief OrphanGone { of: Actor, by: Actor } samples (reader(), parent())
    en "{by} has taken the exit status by waitpid(), since Python's join() is only for children \
        that a process has started itself. Nothing is left of {of}."
    zh "{by}用 waitpid() 取走了退出状态，因为 Python 的 join() 只能用于自己启动的子进程。{of}就什么\
        都不剩了。"

    brief StateOrphanEnded { of: Actor, by: Actor } samples (reader(), parent())
    en "{of} has ended, and its new parent has to ask how: here {by} does so at the end of the \
        run, elsewhere PID 1 does it at once."
    zh "{of}结束了，轮到新的父进程来取退出状态：在这里由{by}在运行结束时取，在别处由 PID 1 立即取。"
}
