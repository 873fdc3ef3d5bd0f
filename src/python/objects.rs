//! The queues, locks and other objects of a program: who has used them, and what that proves of a
//! wait that nobody ends.

use std::collections::BTreeMap;

use super::PythonEvent;
use super::facts::{Facts, Life};
use crate::events::{Call, CodeLine, Event, Holder, Needs, Proof, Record, Status, Waiter, Way};
use crate::state::State;

/// A queue, lock or other object of the program.
#[derive(Default)]
pub(super) struct UsedObject {
    /// Its class in Python; empty if that is not known.
    pub kind: String,
    /// The number with which the program has made it, if that is not 0.
    max: Option<u64>,
    pub users: BTreeMap<u32, Use>,
    /// Who has notified the condition last, if nobody waited for it then.
    unheard: Option<Holder>,
    /// The process that was the last to write a value into the queue's pipe.
    pub fed: Option<u32>,
}

/// What a process has done with an object.
#[derive(Default)]
pub(super) struct Use {
    /// How often it has put something into it, released it, woken who waits for it, or brought a
    /// result.
    pub gives: u64,
    /// How often it has taken something out of it, or acquired it; and where it did so last.
    pub takes: u64,
    at: Option<CodeLine>,
    /// Whether it has waited in `get()`.
    pub tries: bool,
    /// How often it has called `task_done()`.
    done: u64,
}

impl Use {
    fn takes_at(&mut self, at: Option<CodeLine>) {
        (self.takes, self.at) = (self.takes + 1, at);
    }
}

impl UsedObject {
    /// Whether it is a queue between threads.
    pub fn is_of_threads(&self) -> bool {
        self.kind.starts_with("queue.")
    }

    pub fn is_semaphore(&self) -> bool {
        self.kind.ends_with("Semaphore")
    }
}

impl Facts {
    pub(super) fn see_objects(
        &mut self,
        record: &Record,
        own: Option<&PythonEvent>,
        state: &State,
    ) {
        let pid = record.pid;
        let at = || record.at.as_ref().map(CodeLine::from);
        match (&record.event, own) {
            (Event::Put { on, .. } | Event::Send { on, .. }, _) => {
                self.user(on.as_deref(), pid).gives += 1;
            }
            (Event::Get { on, .. } | Event::Recv { on, .. }, _) => {
                self.user(on.as_deref(), pid).takes_at(at());
            }
            (Event::Wait { call: Call::Get, on }, _) => self.user(on.as_deref(), pid).tries = true,
            (_, Some(PythonEvent::Made { on, kind, max, .. })) => {
                let object = self.object(on);
                (object.kind, object.max) = (kind.clone(), *max);
            }
            (_, Some(PythonEvent::Fed { on, .. })) => self.object(on).fed = Some(pid),
            (_, Some(PythonEvent::Begin { pool, .. })) => self.user(Some(pool), pid).gives += 1,
            (_, Some(PythonEvent::Done { on })) => self.user(Some(on), pid).done += 1,
            (_, Some(PythonEvent::Called { call, on })) => match call.as_str() {
                "acquire" => self.user(Some(on), pid).takes_at(at()),
                "clear" => {}
                call => {
                    self.user(Some(on), pid).gives += 1;
                    if call.starts_with("notify") {
                        let by = self.process(pid).map(|it| it.holder(at()));
                        let by = by.filter(|_| !self.is_awaited(on, state));
                        self.object(on).unheard = by;
                    }
                }
            },
            _ => {}
        }
    }

    fn object(&mut self, on: &str) -> &mut UsedObject {
        self.objects.entry(on.to_owned()).or_default()
    }

    fn user(&mut self, on: Option<&str>, pid: u32) -> &mut Use {
        self.object(on.unwrap_or_default()).users.entry(pid).or_default()
    }

    /// Whether a thread waits for this object.
    fn is_awaited(&self, on: &str, state: &State) -> bool {
        state.processes().any(|it| {
            let is_alive = self.process(it.pid).is_some_and(|it| !it.has_ended);
            is_alive && it.threads().any(|(name, _)| it.waits_on(name) == Some(on))
        })
    }

    /// What the log proves of this wait, if anything.
    pub(super) fn proof(&self, waiter: &Waiter, state: &State) -> Option<Proof> {
        let object = self.objects.get(waiter.on.as_ref()?)?;
        let users = || object.users.iter().filter_map(|(pid, it)| Some((self.process(*pid)?, it)));
        let gives: u64 = object.users.values().map(|it| it.gives).sum();
        let takes: u64 = object.users.values().map(|it| it.takes).sum();
        match waiter.needs {
            Needs::Condition => object.unheard.clone().map(Proof::NotifiedBefore),
            Needs::Event => {
                // Whoever has set it before would do so again; else whoever has failed before that.
                let is_meant = |life: &&Life| match object.users.get(&life.pid) {
                    Some(user) if gives > 0 => user.gives > 0,
                    _ => gives == 0 && life.status.is_some_and(|it| it != Status::Code(0)),
                };
                let ended = self.lives.iter().filter(|it| it.has_ended).filter(is_meant);
                let by: Vec<_> = ended.map(|it| it.holder(None)).collect();
                (!by.is_empty()).then_some(Proof::SetterEnded { by, has_set: gives > 0 })
            }
            Needs::Tasks => {
                let (life, user) = users().find(|(_, it)| it.takes > it.done)?;
                let (got, done) = (user.takes, user.done);
                Some(Proof::NotDone { by: life.holder(user.at.clone()), got, done })
            }
            // Otherwise a library may have acquired it.
            Needs::Semaphore if takes <= gives => {
                object.max.is_none().then_some(Proof::BeganAtZero)
            }
            Needs::Semaphore => {
                let holds = users().filter(|(_, it)| it.takes > it.gives);
                Some(Proof::Taken(holds.map(|(life, it)| life.holder(it.at.clone())).collect()))
            }
            Needs::Value if object.kind.ends_with("Queue") && gives == 0 => {
                let is_read = |it: &Use| it.tries || it.takes > 0;
                let is_unread = |on: &str| {
                    self.objects.get(on).is_some_and(|it| !it.users.values().any(is_read))
                };
                let mut sent = state.on_its_way(Way::Queue).filter(|it| is_unread(&it.on));
                let sent = sent.next()?;
                let at = sent.number.and_then(|it| self.puts.get(&it)).cloned();
                let by = self.process(sent.parcel.from)?.holder(at);
                Some(Proof::PutElsewhere { on: sent.on.clone(), by })
            }
            _ => None,
        }
    }
}

impl Life {
    /// The process, as it is named among those that could end a wait.
    pub(super) fn holder(&self, at: Option<CodeLine>) -> Holder {
        let Life { pid, ref role, has_ended: ended, .. } = *self;
        Holder { pid, role: role.clone(), thread: None, ended, at }
    }
}
