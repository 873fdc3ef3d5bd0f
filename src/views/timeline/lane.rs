//! One process or thread on the time axis.

use super::bins::{Bins, Doing, Scale};
use super::marks::Marks;
use crate::events::Status;
use crate::state::Activity;

/// One process or thread: what it did when. Times are in microseconds since the run's first event.
pub struct Lane {
    /// The process's role, or the thread's name.
    pub name: String,
    /// The PID.
    pub pid: u32,
    /// The number of the process's lane; its own, unless it is a thread's.
    pub process: usize,
    /// The number of the lane below which it stands, where that is not its process's.
    pub below: Option<usize>,
    /// When it began.
    pub began: u64,
    /// When it ended, and how if it is a process's.
    pub ended: Option<(u64, Option<Status>)>,
    /// What it did when.
    pub bins: Bins,
    /// What is marked on it.
    pub marks: Marks,
    doing: Doing,
    since: u64,
}

impl Lane {
    /// A lane that begins now.
    pub fn new(name: &str, pid: u32, process: usize, now: u64) -> Lane {
        Lane {
            name: name.to_owned(),
            pid,
            process,
            below: None,
            began: now,
            ended: None,
            bins: Bins::default(),
            marks: Marks::default(),
            doing: Doing::Runs,
            since: now,
        }
    }

    /// From now on, this process or thread does something else.
    pub fn turn_to(&mut self, does: Activity, now: u64, scale: Scale) {
        self.advance(now, scale);
        self.doing = does.into();
    }

    /// It is another program, which tells nothing. A command of the user's stands below the lane of
    /// whoever has started it.
    pub fn is_foreign(&mut self, below: Option<usize>) {
        self.doing = Doing::Lives;
        self.below = below;
    }

    /// It turns out to have waited since its last event: for room, in a call that was told
    /// beforehand.
    pub fn has_waited(&mut self, now: u64, scale: Scale) {
        self.doing = Doing::Waits;
        self.advance(now, scale);
    }

    /// It has ended.
    pub fn end(&mut self, status: Option<Status>, now: u64, scale: Scale) {
        self.advance(now, scale);
        self.ended = Some((self.since, status));
    }

    /// Counts the time up to now, unless it has ended.
    pub fn advance(&mut self, now: u64, scale: Scale) {
        // Between processes, times can be a little out of order.
        if self.ended.is_none() && now > self.since {
            self.bins.add(self.doing, self.since, now, scale);
            self.since = now;
        }
    }

    /// Two bins become one.
    pub fn fold(&mut self) {
        self.bins.fold();
        self.marks.fold();
    }
}
