//! The run so far: one fold of its events. It asks neither processes nor clocks, so a recording
//! gives the same state as the run itself.

mod process;

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use crate::both;
use crate::events::{Call, Effect, Event, Failure, Record, Status, Way, Why, first_cause_first};

pub use process::{Activity, Process, Started};

/// The state of a run. It grows with the processes and with the values in transit, not with the
/// events.
#[derive(Default)]
pub struct State {
    /// The latest process with each PID.
    processes: HashMap<u32, Process>,
    /// The processes that have been started and not reaped, in the order of their starts.
    alive: Vec<u32>,
    /// How many processes the log has told of.
    count: usize,
    parent: Option<u32>,
    /// The values that were put or sent and have not arrived, by their parcels' numbers.
    sent: BTreeMap<u64, Sent>,
    /// How many of them are in queues.
    queued: u64,
    /// The parcels' numbers of those that have a number in the log, by that.
    numbered: HashMap<u64, u64>,
    /// How many values have left.
    parcels: u64,
    /// The failures, in the order of the processes' ends.
    failures: Vec<Failure>,
    /// The holder of each lock, by the lock's name.
    locks: HashMap<String, u32>,
    /// Whether the run got stuck, and if so, the name of the mistake, if the options explain it.
    stuck: Option<Option<String>>,
}

/// A value in transit.
pub struct Sent {
    pub value: Value,
    pub parcel: Parcel,
    /// The name of the value's queue or pipe.
    pub on: String,
    /// The value's number in the log, if it has one.
    pub number: Option<u64>,
    pub place: Place,
}

/// Where a value is that was put or sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// In the buffer of the process that has put it, until a thread feeds it into the pipe.
    Buffer,
    /// In the pipe, or on its way into it.
    Pipe,
}

/// How and when a value has left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parcel {
    /// The value's number among the values of the run.
    pub id: u64,
    pub way: Way,
    /// The PID of the process that has put or sent it.
    pub from: u32,
    /// When, in seconds since the run's first event.
    pub t: f64,
}

/// What an event has changed.
#[derive(Clone, Copy, Default)]
pub struct Change {
    pub did: Activity,
    /// Since when the thread did it, in seconds since the run's first event.
    pub since: f64,
    /// What the thread does from then on.
    pub does: Activity,
    /// The value that sets out with this event.
    pub left: Option<Parcel>,
    /// The value that arrives with this event, if the log has told of its departure.
    pub arrived: Option<Parcel>,
    /// The process that begins with this event where an earlier one had the same PID.
    pub replaces: Option<u32>,
    /// A value that was not put or sent after all: the call was refused, or its process gave up
    /// within it.
    pub taken_back: Option<Parcel>,
}

impl State {
    pub fn apply(&mut self, record: &Record) -> Change {
        let (pid, t) = (record.pid, record.t);
        self.parent.get_or_insert(pid);
        let effect = record.event.effect();
        let begins = match effect {
            Effect::Begins(child, _) => child,
            _ => pid,
        };
        let replaces = self.process(begins).and_then(|it| it.ended).map(|_| begins);
        let process = self.reach(pid, &record.role);
        process.has_spoken = true;
        let name = record.thread.as_deref();
        let was_leaving = match effect {
            Effect::Feeds(_) | Effect::Drops(_) => None,
            _ => process.leaving.take(),
        };

        let (did, since) = (process.does(name), process.since(name));
        // A thread that only logs remarks is no thread of the lesson's.
        if name.is_none() || !effect.is_aside() {
            process.thread_mut(name).see(&effect, record);
        }
        let does = process.does(name);
        let mut change = Change { did, since, does, replaces, ..Change::default() };
        match effect {
            Effect::Begins(child, role) => self.begin(child, role, record),
            Effect::Ends(child, role, status) => {
                let process = self.reach(child, role);
                process.end(t, status);
                let failure = process.failure();
                if !self.is_told(child) {
                    self.failures.extend(failure);
                }
                let alive = std::mem::take(&mut self.alive);
                // A user's command dies with its go-between, and no event tells that.
                let lives = |other: &u32| *other != child && !self.is_command_of(*other, child);
                self.alive = alive.into_iter().filter(lives).collect();
            }
            Effect::Joined(child) => self.at(child).is_joined = true,
            Effect::Signals(child, signal) => {
                let process = self.at(child);
                if process.ended.is_none() {
                    process.signalled = Some((pid, signal));
                }
            }
            Effect::Leaves(way, on, value, number) => {
                let parcel = Parcel { id: self.parcels, way, from: pid, t };
                self.parcels += 1;
                let on = on.unwrap_or(way.name()).to_owned();
                // What a program of the user's puts goes into the process's buffer first, where it
                // doesn't wait for the pipe.
                let place = match (way, number) {
                    (Way::Queue, Some(_)) => Place::Buffer,
                    _ => {
                        self.at(pid).leaving = Some((way, on.clone()));
                        Place::Pipe
                    }
                };
                let value = value.clone();
                self.queued += u64::from(way == Way::Queue);
                self.numbered.extend(number.map(|it| (it, parcel.id)));
                self.sent.insert(parcel.id, Sent { value, parcel, on, number, place });
                change.left = Some(parcel);
            }
            Effect::Arrives(way, on, value, number) => {
                let on = on.unwrap_or(way.name());
                // Of two equal values it can't be told which arrived, which makes no difference.
                let is_it = |it: &&Sent| it.on == on && it.parcel.from != pid && it.value == *value;
                change.arrived = match number {
                    Some(number) => self.remove_numbered(number),
                    None => {
                        let sent = self.sent.values().find(is_it).map(|it| it.parcel.id);
                        sent.and_then(|id| self.remove(id))
                    }
                };
                self.at(pid).took = Some((way, value.clone()));
            }
            Effect::Feeds(number) => {
                let id = self.numbered.get(&number);
                if let Some(sent) = id.and_then(|id| self.sent.get_mut(id)) {
                    sent.place = Place::Pipe;
                    // A thread that feeds its own value waits while the pipe is full.
                    let leaving = (name.is_none()).then(|| (Way::Queue, sent.on.clone()));
                    let process = self.at(pid);
                    process.leaving = leaving.or(process.leaving.take());
                }
            }
            Effect::Drops(number) | Effect::TakesBack(number) => {
                change.taken_back = self.remove_numbered(number);
            }
            Effect::Refused(Call::Put) => change.taken_back = self.take_back(Way::Queue, pid),
            Effect::Refused(Call::Send) => change.taken_back = self.take_back(Way::Pipe, pid),
            Effect::GivesUp(why) => {
                self.at(pid).last_words = Some(why.clone());
                change.taken_back = was_leaving.and_then(|(way, _)| self.take_back(way, pid));
            }
            Effect::Acquires(lock) => {
                self.locks.insert(lock.to_owned(), pid);
            }
            Effect::Releases(lock) => {
                self.locks.remove(lock);
            }
            Effect::IsGone(child) => self.alive.retain(|other| *other != child),
            Effect::EndsThread => {
                self.at(pid).threads.remove(name.unwrap_or_default());
            }
            Effect::Aside => {
                if let Event::Stuck { mistake, likely: None, .. } = &record.event {
                    self.stuck = Some(mistake.as_deref().map(str::to_owned));
                }
                self.at(pid).has_unread |= matches!(record.event, Event::Unread { .. });
            }
            _ => {}
        }
        change
    }

    pub fn process(&self, pid: u32) -> Option<&Process> {
        self.processes.get(&pid)
    }

    /// The latest process with each PID, in no order.
    pub fn processes(&self) -> impl Iterator<Item = &Process> {
        self.processes.values()
    }

    /// The processes that have been started and not reaped, in the order of their starts.
    pub fn alive(&self) -> impl Iterator<Item = &Process> {
        self.alive.iter().filter_map(|pid| self.process(*pid))
    }

    /// The living children of this process.
    pub fn children_alive(&self, of: u32) -> impl Iterator<Item = &Process> {
        self.alive().filter(move |child| child.started.as_ref().is_some_and(|start| start.by == of))
    }

    pub fn is_child_of_parent(&self, process: &Process) -> bool {
        process.started.as_ref().is_some_and(|start| self.is_parent(start.by))
    }

    pub fn is_parent(&self, pid: u32) -> bool {
        self.parent == Some(pid)
    }

    /// The values that have left by queues, or by pipes, and not arrived, oldest first.
    pub fn on_its_way(&self, way: Way) -> impl Iterator<Item = &Sent> {
        self.sent.values().filter(move |sent| sent.parcel.way == way)
    }

    /// The value in transit with this parcel's number.
    pub fn sent(&self, parcel: u64) -> Option<&Sent> {
        self.sent.get(&parcel)
    }

    /// The value in transit with this number in the log.
    pub fn numbered(&self, number: u64) -> Option<&Sent> {
        self.sent(*self.numbered.get(&number)?)
    }

    /// How many values have left by queues and not arrived.
    pub fn queued(&self) -> u64 {
        self.queued
    }

    /// The values that have arrived on this way for programs of the user's that never read them.
    pub fn unread(&self, way: Way) -> Vec<&Value> {
        let mut unread: Vec<_> = self.processes().filter(|it| it.left_unread()).collect();
        unread.sort_by_key(|process| process.number);
        let took = unread.into_iter().filter_map(|it| it.took.as_ref());
        took.filter(|(by, _)| *by == way).map(|(_, value)| value).collect()
    }

    /// Takes back the last value that the process `by` has put or sent.
    fn take_back(&mut self, way: Way, by: u32) -> Option<Parcel> {
        let is_it = |it: &&Sent| it.parcel.way == way && it.parcel.from == by;
        let last = self.sent.values().rev().find(is_it)?.parcel.id;
        self.remove(last)
    }

    fn remove_numbered(&mut self, number: u64) -> Option<Parcel> {
        self.numbered.get(&number).copied().and_then(|id| self.remove(id))
    }

    fn remove(&mut self, id: u64) -> Option<Parcel> {
        let sent = self.sent.remove(&id)?;
        self.queued -= u64::from(sent.parcel.way == Way::Queue);
        sent.number.and_then(|it| self.numbered.remove(&it));
        Some(sent.parcel)
    }

    pub fn has_sent(&self) -> bool {
        self.parcels > 0
    }

    /// The holder of this lock, be it alive or not: a lock doesn't notice the death of its holder.
    pub fn holder_of(&self, lock: &str) -> Option<&Process> {
        self.process(*self.locks.get(lock)?)
    }

    /// Whether the run got stuck, and if so, by which mistake, if the options explain it.
    pub fn stuck(&self) -> Option<Option<&str>> {
        self.stuck.as_ref().map(Option::as_deref)
    }

    pub fn parent(&self) -> Option<&Process> {
        self.process(self.parent?)
    }

    /// The failures, first cause first.
    pub fn failures(&self) -> Vec<Failure> {
        let mut failures = self.failures.clone();
        first_cause_first(&mut failures);
        failures
    }

    /// The failures in sentences, and why the parent itself gave up, if it did.
    pub fn failures_in_words(&self) -> Vec<String> {
        let failures = self.failures().into_iter().map(|it| it.to_string());
        let parents = self
            .parents_error()
            .map(|error| both!("the parent failed: {error}", "父进程出错：{error}"));
        failures.chain(parents).collect()
    }

    /// Whether the process runs a user's command, and `by` is its go-between.
    fn is_command_of(&self, pid: u32, by: u32) -> bool {
        let started = self.process(pid).and_then(|it| it.started.as_ref());
        started.is_some_and(|it| it.by == by && it.command.is_some())
    }

    /// Whether the cause of this process's failure is told already: it is a go-between, and its
    /// command has failed.
    fn is_told(&self, pid: u32) -> bool {
        let ended = self.process(pid).and_then(|it| it.ended);
        let left = ended.is_some_and(|it| matches!(it.status, Status::Code(_)));
        left && self.failures.iter().any(|failure| self.is_command_of(failure.process.pid, pid))
    }

    /// The processes that run users' commands, or did, in no order.
    pub fn commands(&self) -> impl Iterator<Item = &Process> {
        self.processes().filter(|it| it.command().is_some())
    }

    pub fn parents_error(&self) -> Option<&Why> {
        self.parent()?.last_words.as_ref()
    }

    /// A child was started. Its first event may stand before `started`.
    fn begin(&mut self, child: u32, role: &str, record: &Record) {
        let is_late = self.reach(child, role).has_spoken;
        let Event::Started { command, stdin, stdout, .. } = &record.event else {
            return;
        };
        self.at(child).started = Some(Started {
            by: record.pid,
            t: record.t,
            command: command.as_deref().map(str::to_owned),
            stdin: stdin.as_deref().map(str::to_owned),
            stdout: stdout.as_deref().map(str::to_owned),
        });
        self.at(record.pid).stands_between |= command.is_some();
        // The child may have children of its own by now; it is listed before them.
        let is_its = |pid: &u32| {
            let started = self.process(*pid).and_then(|it| it.started.as_ref());
            started.is_some_and(|it| it.by == child)
        };
        let place = if is_late { self.alive.iter().position(is_its) } else { None };
        self.alive.insert(place.unwrap_or(self.alive.len()), child);
    }

    /// The living process with this PID; a new one if there is none. A process has no events after
    /// its end, so an event with its PID is that of a new process.
    fn reach(&mut self, pid: u32, role: &str) -> &mut Process {
        let ended = self.process(pid).filter(|it| it.ended.is_some());
        let again = ended.map(|it| it.again + 1);
        if again.is_some() {
            self.processes.remove(&pid);
        }
        let process = self.at(pid);
        process.again = again.unwrap_or(process.again);
        if process.role != role {
            role.clone_into(&mut process.role);
        }
        process
    }

    /// The latest process with this PID, be it alive or not.
    fn at(&mut self, pid: u32) -> &mut Process {
        self.processes.entry(pid).or_insert_with(|| {
            self.count += 1;
            Process { pid, number: self.count - 1, ..Process::default() }
        })
    }
}

#[cfg(test)]
mod tests;
