//! Values: on their way through queues and pipes, and in the memory of one process.

use serde_json::Value;

use super::Story;
use crate::events::Call;
use crate::views::explain::lanes::Lane;
use crate::views::explain::notes::{Note, Series, clipped, shown};

impl Story {
    pub(super) fn wait(&mut self, call: Call, pid: u32, t: f64) {
        let lane = self.lanes.get(pid);
        lane.waits_since = Some(t);
        if call == Call::Get && !std::mem::replace(&mut lane.is_reader, true) {
            self.readers += 1;
        }

        let who = self.lanes.who(pid);
        let there = self.in_queue.len();
        if call == Call::Get && there > 0 {
            self.once(Note::GetsAtOnce { who, there });
            return;
        }
        match call {
            Call::Get => self.once(Note::WaitGet { who }),
            Call::Recv => self.once(Note::WaitRecv { who }),
            Call::Send => self.once(Note::WaitSend { who }),
            Call::Join => self.once(Note::WaitJoin { who }),
        };
    }

    pub(super) fn get(&mut self, value: &Value, pid: u32, t: f64) {
        let lane = self.lanes.get(pid);
        lane.gets += 1;
        let waited = t - lane.waits_since.take().unwrap_or(t);
        if !std::mem::replace(&mut lane.is_reader, true) {
            self.readers += 1;
        }
        let taken = self.in_queue.take(value, pid);
        let (who, value) = (self.lanes.who(pid), shown(value));
        let Some((from, put)) = taken else {
            self.once(Note::GetUnknown { who, value });
            return;
        };
        let (took, waited) = ((t - put).max(0.0), waited.max(0.0));
        let from = self.lanes.who(from);
        let first = Note::Get {
            who: who.clone(),
            value: value.clone(),
            from,
            took,
        };
        let next = Note::GetNext {
            who: who.clone(),
            value: value.clone(),
            took,
            waited,
        };
        self.once_then_few(first, Series::Gets, next);
        let readers = self.readers;
        if readers > 1 {
            self.once(Note::Compete {
                who,
                value,
                readers,
            });
        }
    }

    pub(super) fn send(&mut self, value: &Value, pid: u32, t: f64) {
        let is_answer = self.lanes.get(pid).received_from.is_some();
        self.in_pipe.put(value, pid, (pid, t));
        let who = self.lanes.who(pid);
        if is_answer {
            self.once(Note::SendBack { who: who.clone() });
        } else {
            self.once(Note::Send { who: who.clone() });
        }
        let joining = |lane: &Lane| lane.joins.is_some_and(|(child, _)| child == pid);
        if let Some(by) = self.lanes.which(joining).first() {
            let by = self.lanes.who(*by);
            self.once(Note::JoinUnreceived { by, child: who });
        }
    }

    pub(super) fn recv(&mut self, value: &Value, pid: u32, t: f64) {
        let taken = self.in_pipe.take(value, pid);
        let lane = self.lanes.get(pid);
        lane.waits_since = None;
        lane.has_received = true;
        lane.received_from = taken.map(|(from, _)| from);
        let who = self.lanes.who(pid);
        match taken {
            Some((from, sent)) => {
                let (from, took) = (self.lanes.who(from), (t - sent).max(0.0));
                self.once(Note::Recv { who, from, took })
            }
            None => self.once(Note::RecvUnknown { who }),
        };
    }

    pub(super) fn counter(&mut self, value: i64, address: &str, pid: u32) {
        let lane = self.lanes.get(pid);
        let has_received = std::mem::take(&mut lane.has_received);
        let address = clipped(address, 40);
        let before = lane.counter.replace((value, address.clone()));
        let others = self.lanes.which(|lane| lane.counter.is_some());
        let other = others.into_iter().find(|other| *other != pid);
        let other = other.and_then(|other| {
            let (value, address) = self.lanes.get(other).counter.clone()?;
            Some((self.lanes.who(other), value, address))
        });
        let who = self.lanes.who(pid);
        match (before.map(|(before, _)| before), other) {
            (None, None) => self.once(Note::Counter {
                who,
                value,
                address,
            }),
            (None, Some((other, other_value, other_address))) => {
                self.once(Note::CounterElsewhere {
                    who,
                    value,
                    address,
                    other,
                    other_value,
                    other_address,
                })
            }
            (Some(from), _) if from != value && has_received => {
                let to = value;
                self.once(Note::CounterReceived { who, from, to })
            }
            (Some(from), other) if from != value => {
                let (to, other) = (value, other.map(|(other, value, _)| (other, value)));
                self.once(Note::CounterChanged {
                    who,
                    from,
                    to,
                    other,
                })
            }
            (Some(_), Some((other, other_value, _))) => self.once(Note::CounterUnchanged {
                who,
                value,
                other,
                other_value,
            }),
            (Some(_), None) => false,
        };
    }
}
