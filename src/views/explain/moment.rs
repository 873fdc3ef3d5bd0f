//! The run as the notes see it.

use std::ops::Deref;

use super::note::{List, Who, clipped};
use crate::events::{Record, Way};
use crate::state::{Activity, Change, OnItsWay, Process, State};

/// An event, what it has changed, and the run so far.
pub struct Moment<'a> {
    /// The event.
    pub record: &'a Record<'a>,
    /// What it has changed.
    pub change: &'a Change,
    /// The run so far.
    pub run: Run<'a>,
}

impl<'a> Deref for Moment<'a> {
    type Target = Record<'a>;

    fn deref(&self) -> &Record<'a> {
        self.record
    }
}

impl Moment<'_> {
    /// The process that the event happened to.
    pub fn me(&self) -> Who {
        self.run.who(self.pid)
    }

    /// Since when its thread waited for what has now happened, if it did.
    pub fn waited_since(&self) -> Option<f64> {
        let waited = matches!(self.change.did, Activity::Waiting(_) | Activity::Joining(_));
        waited.then_some(self.change.since)
    }
}

/// The run so far.
#[derive(Clone, Copy)]
pub struct Run<'a>(pub &'a State);

impl<'a> Run<'a> {
    /// A process, as a note names it.
    pub fn who(self, pid: u32) -> Who {
        Who { role: self.role(pid), pid, is_parent: self.0.is_parent(pid) }
    }

    /// A process's role.
    pub fn role(self, pid: u32) -> String {
        let process = self.0.process(pid);
        clipped(process.map_or("", |process| &process.role), 40)
    }

    /// Whether a process has this lock.
    pub fn holds(self, pid: u32, lock: &str) -> bool {
        self.0.holder_of(lock).is_some_and(|holder| holder.pid == pid)
    }

    /// The roles of several processes.
    pub fn roles(self, pids: &[u32]) -> List {
        pids.iter().map(|pid| self.role(*pid)).collect()
    }

    /// When a process was started, if that was told.
    pub fn started(self, pid: u32) -> Option<f64> {
        Some(self.0.process(pid)?.started.as_ref()?.t)
    }

    /// When a process was reaped.
    pub fn ended(self, pid: u32) -> Option<f64> {
        Some(self.0.process(pid)?.ended?.t)
    }

    /// Who has sent a process a signal.
    pub fn signalled_by(self, pid: u32) -> Option<u32> {
        Some(self.0.process(pid)?.signalled?.0)
    }

    /// The child that a process waits for in `join()`.
    pub fn joins(self, pid: u32) -> Option<u32> {
        match self.0.process(pid)?.does(None) {
            Activity::Joining(child) => Some(child),
            _ => None,
        }
    }

    /// The roles of the children of `by` that have been started and not reaped, but for one.
    pub fn running(self, by: u32, but: u32) -> List {
        let children = self.0.children_alive(by).filter(|child| child.pid != but);
        children.map(|child| self.role(child.pid)).collect()
    }

    /// How many have not been reaped.
    pub fn count_alive(self) -> usize {
        self.0.alive().count()
    }

    /// How many of those that were reaped nobody had joined.
    pub fn count_unjoined(self) -> usize {
        self.which(|process| process.ended.is_some() && !process.is_joined).len()
    }

    /// Those of which something is true, in the order of their PIDs.
    pub fn which(self, is_it: impl Fn(&Process) -> bool) -> Vec<u32> {
        let found = self.0.processes().filter(|process| is_it(process));
        let mut found: Vec<u32> = found.map(|process| process.pid).collect();
        found.sort_unstable();
        found
    }

    /// What was put and not got.
    pub fn in_queue(self) -> &'a OnItsWay {
        self.0.on_its_way(Way::Queue)
    }

    /// What was sent and not received.
    pub fn in_pipe(self) -> &'a OnItsWay {
        self.0.on_its_way(Way::Pipe)
    }
}
