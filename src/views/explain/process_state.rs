//! What the kernel says of a process, and what a process says of its parent.

use super::moment::Moment;
use super::note::{Signal, Who, notes};
use super::story::Story;
use crate::events::Status;

impl Story {
    /// A process looks at another one in /proc.
    pub fn process_state(
        &mut self,
        of: u32,
        state: Option<char>,
        status: Option<Status>,
        now: &Moment,
    ) {
        let (by, of) = (now.me(), now.run.who(of));
        match (state, status) {
            (None, _) => self.once(StateGone { of }),
            (Some('Z'), Some(Status::Signal(number))) if self.times::<StateZombie>() == 0 => {
                let signal = Signal(number);
                self.once(StateZombie { of, signal })
            }
            (Some('Z'), Some(Status::Signal(_))) => self.once(StateStillZombie { of, by }),
            (Some('Z'), _) => self.once(StateOrphanEnded { of, by }),
            (Some(_), _) => self.once(StateAlive { of }),
        };
    }

    /// A process says who its parent is.
    pub fn parent(&mut self, parent: u32, now: &Moment) {
        let (who, parent_of) = (now.me(), now.run.who(parent));
        let past = self.past(now.pid);
        match past.parent.replace(parent) {
            Some(before) if before != parent => {
                let before = now.run.who(before);
                self.once(ParentChanged { who, before, now: parent_of })
            }
            _ => self.once(ParentIs { who, parent: parent_of }),
        };
    }
}

notes! {
    StateAlive { of: Who } samples (reader())
    en "This is what `ps` shows, too: {of} sleeps in a system call (S), and has memory of its own."
    zh "`ps` 看到的也是这些：{of}在系统调用里睡眠（S），有自己的内存。"

    StateZombie { of: Who, signal: Signal } samples (reader(), Signal(15))
    en "{of} has ended: it has no memory any more, and nothing runs. What is left is a line in \
        the list of processes (Z), with its \
        PID and how it ended, {signal}. That is for its parent, who may ask for it with join()."
    zh "{of}已经结束：内存没有了，也不再运行。剩下的只是进程表里的一行（Z）：PID 和结束的方式\
        （{signal}）。这是留给父进程的，父进程\
        可以用 join() 来取。"

    brief StateStillZombie { of: Who, by: Who } samples (reader(), parent())
    en "Time doesn't change that: {of} stays a zombie until {by} asks with join(), or ends \
        itself. In Python is_alive(), \
        active_children() and the next start() ask, too."
    zh "时间改变不了这一点：在{by}对{of}调用 join() 或者自己结束之前，{of}一直是僵尸进程。在 \
        Python 里，is_alive()、\
        active_children() 和下一次 start() 也会取走。"

    brief StateGone { of: Who } samples (reader())
    en "join() has taken the exit status, and with it the last that was left of {of}. From now on \
        the kernel may give its PID to \
        another process."
    zh "join() 取走了退出状态，{of}就什么都不剩了。从此以后，内核可能把这个 PID 分给别的进程。"

    brief StateOrphanEnded { of: Who, by: Who } samples (reader(), parent())
    en "{of} has ended, and its new parent has to ask how: here {by} does so at the end of the \
        run, elsewhere PID 1 does it at \
        once."
    zh "{of}结束了，轮到新的父进程来取退出状态：在这里由{by}在运行结束时取，在别处由 PID 1 立即取。"

    ParentIs { who: Who, parent: Who } samples (reader(), parent())
    en "{who} asks the kernel for its parent (getppid(2)): it is {parent}."
    zh "{who}向内核询问自己的父进程（getppid(2)）：是{parent}。"

    brief ParentChanged { who: Who, before: Who, now: Who } samples (reader(), writer(), parent())
    en "{before} is gone, and {who} lives on. It has a new parent, {now}: the nearest ancestor \
        that adopts orphans \
        (PR_SET_CHILD_SUBREAPER, which mp-demo has asked for), or else PID 1."
    zh "{before}已经不在了，{who}还活着，有了新的父进程{now}：最近的愿意收养孤儿进程的祖先\
        （mp-demo 申请了 \
        PR_SET_CHILD_SUBREAPER），没有的话就是 PID 1。"
}
