//! Notes about joins: a process waits for the end of another one.

use super::moment::Moment;
use super::note::{Actor, List, Seconds, notes, them_in_chinese};
use super::pipe::may_be_long;
use super::story::{Series, Story};
use crate::events::{Event, Status, Way};
use crate::state::{Activity, Process, Sent};

/// Anything less long ago was just now.
const JUST_NOW: Seconds = Seconds(1e-4);

impl Story {
    pub(super) fn see_joins(&mut self, now: &Moment) {
        match now.event {
            Event::Join { child, .. } => self.join(child, now),
            Event::Joined { child, .. } => self.joined(child, now),
            Event::Send { .. } => {
                // Another process may be waiting for the sender already.
                let waits = Activity::Joining(now.pid);
                if let Some(by) = now.run.processes().find(|it| it.does(None) == waits) {
                    self.join_unreceived(by.pid, now.pid, now);
                }
            }
            _ => {}
        }
    }

    fn join(&mut self, child_pid: u32, now: &Moment) {
        let is_terminated = now
            .run
            .process(child_pid)
            .is_some_and(|it| it.signalled == Some((now.pid, Status::SIGTERM)));
        let is_first = self.times::<Join>() == 0;
        let (by, child) = (now.me(), now.run.who(child_pid));
        // The log has not told of its start.
        if child.role.is_empty() {
            return;
        }
        if !is_first && is_terminated {
            self.once(JoinTerminated { child, by });
        } else if now.run.ended(child_pid).is_none() {
            let running = now.run.running(now.pid, child_pid);
            self.few_about(&child.role.clone(), Series::JOINS, |again| Join {
                by,
                child,
                running,
                again,
            });
        }
        self.join_unreceived(now.pid, child_pid, now);
    }

    /// A process waits for the end of one that has sent something long, and could receive that: not
    /// if both send into the same pipe. Of a child whose `started` is still to come, that isn't
    /// known.
    fn join_unreceived(&mut self, by: u32, from: u32, now: &Moment) {
        let mut sent = now.run.on_its_way(Way::Pipe);
        // Of a program's pipe, in which values have numbers, it isn't known who is to receive.
        let is_meant = |it: &Sent| it.parcel.from == from && it.number.is_none();
        if !sent.any(|sent| is_meant(sent) && may_be_long(&sent.value)) {
            return;
        }
        let started = |pid| now.run.process(pid)?.started.as_ref();
        let sends_to = |pid| started(pid)?.stdout.as_deref();
        let is_known = now.run.is_parent(by) || started(by).is_some();
        if is_known && sends_to(by).is_none_or(|pipe| sends_to(from) != Some(pipe)) {
            self.once(JoinUnreceived { by: now.run.who(by), child: now.run.who(from) });
        }
    }

    fn joined(&mut self, child_pid: u32, now: &Moment) {
        let (since, child) = (now.waited_since(), now.run.who(child_pid));
        if now.change.did != Activity::Joining(child_pid) {
            return;
        }
        if let Some(ended) = now.run.ended(child_pid).filter(|ended| *ended < since) {
            self.once(JoinedAtOnce { child, ago: Seconds::between(ended, since) });
            return;
        }
        // Of a child that was sent a signal it isn't known whether it still runs.
        let signalled = |it: &&Process| it.signalled.is_none() && it.pid != child_pid;
        let running = now.run.children_alive(now.pid).filter(signalled);
        let running: List = running.map(|it| now.run.role(it.pid)).collect();
        let is_news = !running.is_empty() && running != self.running;
        self.running = running.clone();
        if is_news || self.times::<Joined>() == 0 {
            let (by, waited) = (now.me(), now.waited());
            self.few(Series::JOINS, |again| Joined { by, child, waited, running, again });
        }
    }
}

notes! {
    Join { by: Actor, child: Actor, running: List, again: bool } samples
        (parent(), writer(), none(), false) (parent(), writer(), one(), false)
        (parent(), writer(), two(), false) (parent(), writer(), many(), false)
        (parent(), writer(), none(), true)
    en {
        match (*again, running.is_empty()) {
            (true, _) => format!("Next, {by} calls join() for {child}."),
            (false, true) => {
                format!("{by} waits in join() until {child} ends. It has no other child.")
            }
            (false, false) => {
                let others = running.to_string().replace(" and ", " or ");
                format!("{by} waits in join() until {child} ends. It isn't waiting for {others}.")
            }
        }
    }
    zh {
        match (*again, running.is_empty()) {
            (true, _) => format!("{by}接着在 join() 里等{child}。"),
            (false, true) => format!("{by}这时在 join() 里等{child}结束，它没有别的子进程。"),
            (false, false) => format!("{by}这时在 join() 里等{child}结束，只等它一个，不等\
                {running}。"),
        }
    }

    JoinTerminated { child: Actor, by: Actor } samples (writer(), parent())
    en "terminate() sends SIGTERM and does not wait, so a join() has to follow: without one, \
        {child} would stay a zombie until {by} ends or reaps it some other way. In Python the next start() would; with forkserver, the server reaps at once."
    zh "terminate() 只发送 SIGTERM，并不等待，所以后面还要有 join()：不然在{by}结束或以别的方式回收\
        之前，{child}会一直是僵尸进程。在 Python 里，下一次 start() 也会回收；用 forkserver 时，由服务器进程立即回收。"

    brief JoinUnreceived { by: Actor, child: Actor } samples (parent(), writer())
    en "{by} joins {child} before receiving what it sends. That is safe only for what fits into a \
        pipe (usually 64 KiB). Anything longer would be a deadlock: one waits in send() and the other in \
        join(), for ever."
    zh "{by}还没有接收{child}发送的内容，就先调用了 join()。只有管道装得下（通常 64 KiB）时这样才安全：\
        再长一些，一个等在 send()，另一个等在 join()，双方互相等待，形成死锁。"

    brief Joined { by: Actor, child: Actor, waited: Seconds, running: List, again: bool } samples
        (parent(), writer(), WAITED, none(), false) (parent(), writer(), WAITED, one(), false)
        (parent(), writer(), WAITED, two(), false) (parent(), writer(), WAITED, many(), false)
        (parent(), writer(), WAITED, one(), true) (parent(), writer(), WAITED, two(), true)
        (parent(), writer(), WAITED, many(), true)
    en {
        match (*again, running.is_empty()) {
            (true, true) => format!("join() has returned after {waited}: {child} has ended."),
            (true, false) => format!("join() has returned after {waited}: {child} has ended. Still \
                running: {running}."),
            (false, true) => format!("join() has returned after {waited}, because {child} has \
                ended."),
            (false, false) => format!("join() has returned after {waited}, because {child} has \
                ended. Still running, and not yet joined: {running}."),
        }
    }
    zh {
        let them = them_in_chinese(running.len());
        match (*again, running.is_empty()) {
            (true, true) => format!("join() 等了 {waited}后返回：{child}结束了。"),
            (true, false) => format!("join() 等了 {waited}后返回：{child}结束了。仍在运行的有：\
                {running}。"),
            (false, true) => format!("join() 等了 {waited}后返回，因为{child}结束了。"),
            (false, false) => format!("join() 等了 {waited}后返回，因为{child}结束了。{running}仍在\
                运行，{by}还没有对{them}调用 join()。"),
        }
    }

    JoinedAtOnce { child: Actor, ago: Seconds } samples (writer(), AGO) (writer(), Seconds(0.00004))
    en {
        match *ago < JUST_NOW {
            true => format!("This join() returns at once: {child} has just been reaped."),
            false => format!("This join() returns at once: {child} was reaped {ago} ago."),
        }
    }
    zh {
        match *ago < JUST_NOW {
            true => format!("这次 join() 立即返回：{child}刚刚已被回收。"),
            false => format!("这次 join() 立即返回：{child}在 {ago}之前就已被回收。"),
        }
    }
}
