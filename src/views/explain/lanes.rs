//! Who is there: the processes of a run, as far as its log has told of them.

use std::collections::HashMap;

use super::notes::{List, Who};
use crate::events::Record;

/// What is known of a process.
#[derive(Default)]
pub struct Lane {
    /// Its role.
    pub role: String,
    /// Who started it and when, if that was told.
    pub started: Option<(u32, f64)>,
    /// When it was reaped.
    pub ended: Option<f64>,
    /// Whether its parent has joined it.
    pub is_joined: bool,
    /// Who sent it SIGTERM or SIGKILL.
    pub signalled_by: Option<u32>,
    /// The call that it waits in, and since when.
    pub waits_since: Option<f64>,
    /// The child that it waits for in `join`, and since when.
    pub joins: Option<(u32, f64)>,
    /// How long its last join took, if nothing came after it.
    pub has_just_joined: Option<f64>,
    /// How many children it has joined, and had started when it did.
    pub joined: usize,
    /// Whether it has put anything.
    pub has_put: bool,
    /// Whether it gets.
    pub is_reader: bool,
    /// How many values it got.
    pub gets: usize,
    /// How many threads it has started, and how many of them have said something.
    pub threads: (u32, u32),
    /// Whether its main thread has left its loop.
    pub loop_is_over: bool,
    /// What it last found in its counter, and where.
    pub counter: Option<(i64, String)>,
    /// Who sent it something since it last looked at its counter.
    pub has_received: bool,
    /// Whom it received from last.
    pub received_from: Option<u32>,
    /// How many customers it has asked for and not got served.
    pub requests: usize,
    /// The most of them that there were at the same time.
    pub most_requests: usize,
}

/// The processes by PID.
#[derive(Default)]
pub struct Lanes {
    lanes: HashMap<u32, Lane>,
    /// Those that have been started and not reaped, in the order of their starts.
    alive: Vec<u32>,
    /// The first process of the run.
    parent: Option<u32>,
}

impl Lanes {
    /// The lane of the process that an event happened to. After its end, nothing comes from a process any more: then the
    /// kernel has given the PID to another one.
    pub fn of(&mut self, record: &Record) -> &mut Lane {
        self.parent.get_or_insert(record.pid);
        let lane = self.lanes.entry(record.pid).or_default();
        if lane.ended.is_some() {
            *lane = Lane::default();
        }
        if lane.role != record.role {
            record.role.clone_into(&mut lane.role);
        }
        lane
    }

    /// What is known of a process that an event has told of.
    pub fn get(&mut self, pid: u32) -> &mut Lane {
        self.lanes.entry(pid).or_default()
    }

    /// A process was started. Whether its first event stood before that.
    pub fn start(&mut self, child: u32, role: &str, by: u32, t: f64) -> bool {
        let lane = self.lanes.entry(child).or_default();
        let is_early = !lane.role.is_empty() && lane.ended.is_none();
        if !is_early {
            *lane = Lane::default();
        }
        role.clone_into(&mut lane.role);
        lane.started = Some((by, t));
        self.alive.push(child);
        is_early
    }

    /// A process was reaped.
    pub fn end(&mut self, child: u32, t: f64) -> &mut Lane {
        self.alive.retain(|pid| *pid != child);
        let lane = self.lanes.entry(child).or_default();
        lane.ended = Some(t);
        lane
    }

    /// A process, as a note names it.
    pub fn who(&self, pid: u32) -> Who {
        Who {
            role: self.role(pid),
            pid,
            is_parent: self.is_parent(pid),
        }
    }

    /// Whether this is the run's first process.
    pub fn is_parent(&self, pid: u32) -> bool {
        self.parent == Some(pid)
    }

    /// The roles of the children of `by` that have been started and not reaped, but for one.
    pub fn running(&self, by: u32, but: u32) -> List {
        let is_child = |pid: &&u32| {
            let started = self.lanes.get(pid).and_then(|lane| lane.started);
            **pid != but && started.is_some_and(|(parent, _)| parent == by)
        };
        let children = self.alive.iter().filter(is_child);
        children.map(|pid| self.role(*pid)).collect()
    }

    /// How many have not been reaped.
    pub fn count_alive(&self) -> usize {
        self.alive.len()
    }

    /// How many of those that were reaped nobody had joined.
    pub fn count_unjoined(&self) -> usize {
        let is_it = |lane: &&Lane| lane.ended.is_some() && !lane.is_joined;
        self.lanes.values().filter(is_it).count()
    }

    /// Those of which something is true, in the order of their PIDs.
    pub fn which(&self, is_it: impl Fn(&Lane) -> bool) -> Vec<u32> {
        let found = self.lanes.iter().filter(|(_, lane)| is_it(lane));
        let mut found: Vec<u32> = found.map(|(pid, _)| *pid).collect();
        found.sort_unstable();
        found
    }

    /// A process's role.
    pub fn role(&self, pid: u32) -> String {
        let lane = self.lanes.get(&pid);
        super::notes::clipped(lane.map_or("", |lane| &lane.role), 40)
    }
}
