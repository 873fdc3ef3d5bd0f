//! Cause and effect: what ended a wait, what lost a value, what ended a process.

use std::collections::{BTreeSet, HashMap, VecDeque};

use super::panels::{Now, ThreadKey};
use super::steps::{Link, Links};
use crate::events::{Effect, Event, Status, Way};
use crate::python::PythonEvent;
use crate::state::{Activity, Place, State};

/// What has to be remembered of a run to tell causes: numbers of events.
#[derive(Default)]
pub struct Causes {
    pub links: Links,
    /// The wait of each thread that waits.
    waits: HashMap<ThreadKey, usize>,
    /// Where each value in transit left, by its parcel's number.
    left: HashMap<u64, usize>,
    /// The sentinels in each queue.
    sentinels: HashMap<String, VecDeque<usize>>,
    released: HashMap<String, usize>,
    signals: HashMap<u32, usize>,
    errors: HashMap<u32, usize>,
    ends: HashMap<u32, (usize, Option<Status>)>,
    /// The processes that read from each queue or pipe.
    readers: HashMap<String, BTreeSet<u32>>,
}

impl Causes {
    pub fn see(&mut self, number: usize, now: &Now) {
        let event = &now.record.event;
        let (pid, effect) = (now.record.pid, event.effect());
        if let Some(pid) = now.change.replaces {
            self.signals.remove(&pid);
            self.errors.remove(&pid);
            self.ends.remove(&pid);
        }
        let mut cause = None;
        match (effect, event) {
            (Effect::Leaves(..), _) => {
                self.left.extend(now.change.left.map(|it| (it.id, number)));
            }
            (Effect::Arrives(way, on, ..), _) => {
                cause = now.change.arrived.and_then(|it| self.left.remove(&it.id));
                self.link(number, cause, Link::Value);
                self.reads(on.unwrap_or(way.name()), pid);
            }
            (_, Event::PutSentinel { on }) => {
                let on = on.as_deref().unwrap_or("queue").to_owned();
                self.sentinels.entry(on).or_default().push_back(number);
            }
            (_, Event::GetSentinel { on }) => {
                let on = on.as_deref().unwrap_or("queue");
                cause = self.sentinels.get_mut(on).and_then(VecDeque::pop_front);
                self.link(number, cause, Link::Value);
            }
            (Effect::Begins(child, _), Event::Started { stdin: Some(on), .. }) => {
                self.reads(on, child);
            }
            (Effect::Waits(_, Some(on)), _) => self.reads(on, pid),
            (Effect::Acquires(lock), _) => cause = self.released.get(lock).copied(),
            (Effect::Releases(lock), _) => drop(self.released.insert(lock.to_owned(), number)),
            (Effect::Signals(child, _), _) => drop(self.signals.insert(child, number)),
            (Effect::GivesUp(_), _) => drop(self.errors.insert(pid, number)),
            (Effect::Joined(child), _) => {
                cause = self.ends.get(&child).map(|it| it.0);
                self.link(number, cause, Link::End);
            }
            (Effect::Ends(child, _, status), _) => self.ends(child, Some(status), number),
            (Effect::IsZombie(child, status), _) => self.ends(child, status, number),
            (Effect::IsGone(child), _) => self.ends(child, None, number),
            (_, Event::Stuck { waits, .. }) => {
                for waiter in waits.iter() {
                    let since = self.waits.get(&(waiter.pid, waiter.thread.clone())).copied();
                    self.link(number, since, Link::Stuck);
                }
            }
            _ if matches!(event.own(), Some(PythonEvent::Raised { .. })) => {
                self.errors.insert(pid, number);
            }
            _ => {}
        }
        if !now.tells() {
            return;
        }
        let key = now.thread();
        if let Some(wait) = self.waits.remove(&key) {
            // What came before the wait has not ended it, but the thread goes on now.
            let ended_by = cause.filter(|cause| *cause > wait).unwrap_or(number);
            self.links.add(wait, ended_by, Link::Wait);
        }
        if let Activity::Waiting(_) | Activity::Joining(_) = now.change.does {
            self.waits.insert(key, number);
        }
    }

    fn link(&mut self, from: usize, cause: Option<usize>, link: Link) {
        cause.into_iter().for_each(|cause| self.links.add(from, cause, link));
    }

    fn reads(&mut self, on: &str, pid: u32) {
        match self.readers.get_mut(on) {
            Some(readers) => drop(readers.insert(pid)),
            None => drop(self.readers.insert(on.to_owned(), BTreeSet::from([pid]))),
        }
    }

    fn ends(&mut self, pid: u32, status: Option<Status>, number: usize) {
        let why = match status {
            Some(Status::Signal(_)) => self.signals.get(&pid).copied(),
            Some(Status::Code(0)) | None => None,
            Some(Status::Code(_)) => self.errors.get(&pid).copied(),
        };
        self.link(number, why, Link::End);
        let (at, known) = self.ends.entry(pid).or_insert((number, status));
        (*at, *known) = ((*at).min(number), known.or(status));
    }

    /// The event that ended this process, or that told of its end.
    fn reason(&self, pid: u32) -> Option<usize> {
        let (number, status) = self.ends.get(&pid)?;
        let is_signal = matches!(status, Some(Status::Signal(_)));
        self.signals.get(&pid).filter(|_| is_signal).or(Some(number)).copied()
    }

    /// What was put and never got was lost by whom it waited for.
    pub fn finish(&mut self, state: &State) {
        let sent = [Way::Queue, Way::Pipe].into_iter().flat_map(|way| state.on_its_way(way));
        for sent in sent {
            let Some(left) = self.left.get(&sent.parcel.id).copied() else { continue };
            let last = match sent.place {
                Place::Buffer => Some(sent.parcel.from),
                Place::Pipe => {
                    let readers = self.readers.get(&sent.on).into_iter().flatten();
                    let ends: Option<Vec<_>> =
                        readers.map(|pid| self.ends.get(pid).map(|it| (it.0, *pid))).collect();
                    ends.and_then(|ends| ends.into_iter().max()).map(|(_, pid)| pid)
                }
            };
            let lost_by = last.and_then(|pid| self.reason(pid));
            self.link(left, lost_by, Link::Loss);
        }
    }
}
