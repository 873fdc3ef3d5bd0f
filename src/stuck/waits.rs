//! Who waits for whom in a stuck run.

use crate::events::{Call, Holder, Needs, Waiter, Way};
use crate::evidence::{self, Fill, On, Sight, Snapshot, Thing, Wait};
use crate::state::{Activity, Process, State};

/// All waiting threads: the parent's first, then by the order of the processes' starts.
pub(crate) fn waits(
    sight: &Sight,
    is_stuck: impl Fn(u32) -> bool,
    state: &State,
    fills: &[Fill],
) -> Vec<Waiter> {
    let us = Us { sight, state, fills };
    // A zombie waits for nothing.
    let has_ended = |it: &&Process| sight.look(it.pid).is_some_and(Snapshot::has_ended);
    let alive = state.alive().filter(|it| !has_ended(it));
    let processes = state.parent().into_iter().chain(alive);
    let mut waits: Vec<_> = processes.flat_map(|process| us.waiters(process)).collect();
    // Children of a user's program, which the log doesn't know. Only the stuck ones count.
    for look in sight.family().filter(|look| is_stuck(look.pid)) {
        if state.process(look.pid).is_none() {
            waits.push(us.by_the_kernel(look.pid, &us.role(look.pid), None));
        }
    }
    waits
}

/// What this process waits for as the kernel tells it, or only this thread of it.
pub(crate) fn by_the_kernel(
    sight: &Sight,
    fills: &[Fill],
    state: &State,
    pid: u32,
    tid: Option<i32>,
) -> Waiter {
    let us = Us { sight, state, fills };
    us.by_the_kernel(pid, &us.role(pid), tid)
}

/// The living processes, other than itself, that a process waits for.
pub(crate) fn next(waiter: &Waiter) -> (u32, Vec<u32>) {
    let others = waiter.of.iter().filter(|it| !it.ended && it.pid != waiter.pid);
    (waiter.pid, others.map(|it| it.pid).collect())
}

struct Us<'a> {
    sight: &'a Sight,
    state: &'a State,
    fills: &'a [Fill],
}

impl<'a> Us<'a> {
    /// What the threads of this process wait for, unless it is each other.
    fn waiters(&self, process: &'a Process) -> Vec<Waiter> {
        let look = self.sight.look(process.pid);
        let of_threads = |(name, does): (Option<&str>, Activity)| match does {
            Activity::Waiting(Call::Join) if process.waits_on(name).is_none() => None,
            _ => self.by_the_log(process, name, does),
        };
        let waiters: Vec<_> = process.threads().filter_map(of_threads).collect();
        match (waiters.is_empty(), look) {
            (false, _) => waiters,
            (true, Some(look)) => vec![self.by_the_kernel(look.pid, &process.role, None)],
            (true, None) => Vec::new(),
        }
    }

    fn by_the_log(
        &self,
        process: &'a Process,
        thread: Option<&str>,
        does: Activity,
    ) -> Option<Waiter> {
        let leaving = process.leaving.as_ref().filter(|_| thread.is_none());
        let (call, needs) = match (does, leaving) {
            (Activity::Joining(_), _) => ("join", Needs::End),
            (Activity::Waiting(Call::Acquire), _) => ("acquire", Needs::Lock),
            (Activity::Waiting(call @ (Call::Write | Call::Put)), _) => (call.name(), Needs::Room),
            (Activity::Waiting(Call::Result), _) => (Call::Result.name(), Needs::Result),
            (Activity::Waiting(Call::Join), _) => (Call::Join.name(), Needs::Threads),
            (Activity::Waiting(Call::Wait), _) => (Call::Wait.name(), Needs::Wakeup),
            (Activity::Waiting(call), _) => (call.name(), Needs::Value),
            (_, Some((Way::Queue, _))) => ("put", Needs::Room),
            (_, Some((Way::Pipe, _))) => ("send", Needs::Room),
            (Activity::Running | Activity::Sleeping, None) => return None,
        };
        let on = process.waits_on(thread).or(leaving.map(|(_, on)| on.as_str()));
        let on = on.map(str::to_owned);
        let in_call = self.call(process.pid, needs);
        let kernel = in_call.map(|(name, _)| name.to_owned());
        let end = in_call.and_then(|(_, thing)| thing);
        let of = match (needs, does) {
            (Needs::End, Activity::Joining(child)) => vec![self.holder(child)],
            (Needs::Lock, _) => {
                let holder = on.as_deref().and_then(|lock| self.state.holder_of(lock));
                holder.map(|it| self.holder(it.pid)).into_iter().collect()
            }
            _ => match end {
                Some(end) => self.holders(end),
                None => self.other_ends_by_the_log(process, on.as_deref(), needs),
            },
        };
        let fill = end.filter(|_| needs == Needs::Room).and_then(|end| self.fill(end));
        Some(Waiter {
            pid: process.pid,
            role: process.role.clone(),
            thread: thread.map(str::to_owned),
            call: call.to_owned(),
            on,
            at: None,
            needs,
            of,
            bytes: fill.map(|it| it.bytes),
            capacity: fill.map(|it| it.capacity as u64),
            kernel,
            proof: None,
        })
    }

    /// What a process waits for as the kernel tells it, since the log doesn't.
    fn by_the_kernel(&self, pid: u32, role: &str, tid: Option<i32>) -> Waiter {
        let is_meant = |it: &&Wait| it.pid == pid && tid.is_none_or(|tid| tid == it.tid);
        let waits = self.sight.waits().iter().filter(is_meant);
        let things = waits.flat_map(|wait| wait.things.iter().map(|it| (wait.call, it)));
        let things: Vec<_> = things.collect();
        let says_more = |(_, it): &&(&str, &Thing)| needs_of(it) != Needs::Unknown;
        // An event loop also watches a pipe or socket of its own; what counts is what other
        // processes bring.
        let of_others =
            |it: &&(&str, &Thing)| says_more(it) && it.1.of().iter().any(|of| *of != pid);
        let said = things.iter().find(of_others);
        let said = said.or_else(|| things.iter().find(says_more)).or(things.first());
        let name = said.map(|(call, _)| (*call).to_owned());
        let fill = said.and_then(|(_, thing)| self.fill(thing));
        Waiter {
            pid,
            role: role.to_owned(),
            thread: None,
            call: name.clone().unwrap_or_default(),
            on: None,
            at: None,
            needs: said.map_or(Needs::Unknown, |(_, thing)| needs_of(thing)),
            of: said.map_or(Vec::new(), |(_, thing)| self.holders(thing)),
            bytes: fill.map(|it| it.bytes),
            capacity: fill.map(|it| it.capacity as u64),
            kernel: name,
            proof: None,
        }
    }

    /// How full the pipe is into which a thread can't write.
    fn fill(&self, thing: &Thing) -> Option<&Fill> {
        let is_its = |it: &&Fill| thing.on == On::Pipe(it.inode);
        self.fills.iter().find(is_its).filter(|_| needs_of(thing) == Needs::Room)
    }

    /// The system call in which a thread of this process waits for this need, and the end of a pipe
    /// or socket at which it waits.
    fn call(&self, pid: u32, needs: Needs) -> Option<(&'static str, Option<&Thing>)> {
        let mut waits = self.sight.waits().iter().filter(|it| it.pid == pid);
        waits.find_map(|wait| {
            let of = |needs| wait.things.iter().filter(move |it| needs_of(it) == needs);
            match needs {
                Needs::Value | Needs::Room => {
                    let mut ends = of(needs);
                    let first = ends.clone().next()?;
                    // Besides the pipe, the thread may wait for the bell's socket.
                    let pipe = ends.find(|it| matches!(it.on, On::Pipe(_) | On::Fifo(_)));
                    Some((wait.call, Some(pipe.unwrap_or(first))))
                }
                // A parent's join waits at the bell's socket, which the kernel shows as a wait for
                // data.
                Needs::End | Needs::Lock => {
                    let mut ends = of(Needs::End).chain(of(Needs::Value));
                    ends.next().map(|_| (wait.call, None))
                }
                _ => None,
            }
        })
    }

    fn holders(&self, thing: &Thing) -> Vec<Holder> {
        thing.of().iter().map(|pid| self.holder(*pid)).collect()
    }

    /// The processes that were started with the other end of that queue or pipe; the parent may
    /// have kept an end, too.
    fn other_ends_by_the_log(
        &self,
        process: &'a Process,
        on: Option<&str>,
        needs: Needs,
    ) -> Vec<Holder> {
        let ends = |process: &'a Process| {
            let ends =
                process.started.as_ref().map(|it| (it.stdin.as_deref(), it.stdout.as_deref()));
            let (stdin, stdout) = ends.unwrap_or_default();
            if needs == Needs::Room { (stdout, stdin) } else { (stdin, stdout) }
        };
        let Some(name) = on.or(ends(process).0) else {
            return Vec::new();
        };
        let others = self.state.alive().filter(|it| ends(it).1 == Some(name));
        let holders = self.state.parent().into_iter().chain(others);
        let holders = holders.filter(|it| it.pid != process.pid);
        holders.map(|it| self.holder(it.pid)).collect()
    }

    fn holder(&self, pid: u32) -> Holder {
        let ended = self.state.process(pid).is_some_and(|it| it.ended.is_some());
        Holder { pid, role: self.role(pid), thread: None, ended, at: None }
    }

    /// The role of a process; for a process that the log doesn't know, its name.
    fn role(&self, pid: u32) -> String {
        let name = || Some(self.sight.look(pid)?.threads.first()?.name.clone());
        let role = self.state.process(pid).map(|it| it.role.clone());
        role.or_else(name).unwrap_or_default()
    }
}

/// The need, in the log's words, of a thread that waits for this thing.
fn needs_of(thing: &Thing) -> Needs {
    match thing.needs {
        evidence::Need::End => Needs::End,
        evidence::Need::Data => Needs::Value,
        evidence::Need::Room => Needs::Room,
        _ => Needs::Unknown,
    }
}
