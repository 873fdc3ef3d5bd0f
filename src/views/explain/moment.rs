//! The moment of a run that a note is about.

use std::ops::Deref;

use super::note::{Actor, List, Seconds, SignalName, clipped};
use crate::events::{Event, Record, Status};
use crate::state::{Activity, Change, State};

/// An event, what it has changed, and the run so far.
pub struct Moment<'a> {
    pub record: &'a Record<'a>,
    pub change: &'a Change,
    pub run: &'a State,
}

impl<'a> Deref for Moment<'a> {
    type Target = Record<'a>;

    fn deref(&self) -> &Record<'a> {
        self.record
    }
}

impl Moment<'_> {
    pub(crate) fn me(&self) -> Actor {
        self.run.who(self.pid)
    }

    /// Since when the event's thread waited for what has now happened; since now if it didn't wait.
    pub(super) fn waited_since(&self) -> f64 {
        match self.change.did {
            Activity::Waiting(_) | Activity::Joining(_) => self.change.since,
            _ => self.t,
        }
    }

    /// How long the event's thread waited for what has now happened.
    pub(crate) fn waited(&self) -> Seconds {
        Seconds::between(self.waited_since(), self.t)
    }

    /// The living child that gets a signal, and the signal, if the program sends it on purpose: not
    /// because SIGTERM was not enough, or the run is over.
    pub(crate) fn signals_on_purpose(&self) -> Option<(u32, SignalName)> {
        let (child, signal) = match self.event {
            Event::Terminate { child, .. } => (child, Status::SIGTERM),
            Event::Interrupt { child, .. } => (child, Status::SIGINT),
            Event::Kill { child, why: None, .. } => (child, Status::SIGKILL),
            _ => return None,
        };
        let is_over = self.run.parents_error().is_some()
            || self.run.stuck().is_some()
            || !self.run.failures().is_empty()
            || !self.run.is_parent(self.pid);
        let is_forced = signal == Status::SIGKILL && is_over;
        (self.run.ended(child).is_none() && !is_forced).then_some((child, SignalName(signal)))
    }
}

impl State {
    /// A process, as a note names it.
    pub(crate) fn who(&self, pid: u32) -> Actor {
        let role = self.role(pid);
        // In a program of the user's, the first process has a name of its own.
        Actor { is_parent: self.is_parent(pid) && role == "parent", role, pid }
    }

    pub(super) fn role(&self, pid: u32) -> String {
        clipped(self.process(pid).map_or("", |process| &process.role), 40)
    }

    pub(super) fn roles(&self, pids: &[u32]) -> List {
        pids.iter().map(|pid| self.role(*pid)).collect()
    }

    pub(super) fn ended(&self, pid: u32) -> Option<f64> {
        Some(self.process(pid)?.ended?.t)
    }

    /// The roles of the children of `by` that have been started and not reaped, but for one.
    pub(crate) fn running(&self, by: u32, but: u32) -> List {
        let children = self.children_alive(by).filter(|child| child.pid != but);
        children.map(|child| self.role(child.pid)).collect()
    }
}
