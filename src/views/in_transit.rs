//! Values on their way from one process to another.

use std::collections::{HashSet, VecDeque};

use serde_json::Value;

use crate::events::{Event, Record};

/// Values that were put or sent and have not come out yet, in order, each with what a view keeps about it.
///
/// Which of two equal values came out nobody can tell, and it makes no difference: the older one is taken. There are
/// never more than pipes hold.
pub struct InTransit<T> {
    values: VecDeque<Sent<T>>,
    /// Processes whose last event was a put or a send.
    putting: HashSet<u32>,
}

struct Sent<T> {
    value: Value,
    by: u32,
    tag: T,
}

impl<T> InTransit<T> {
    /// No values yet.
    pub fn new() -> InTransit<T> {
        InTransit {
            values: VecDeque::new(),
            putting: HashSet::new(),
        }
    }

    /// Takes note of an event, before anything else is said of it: who gives up right after a put has not put. What was
    /// kept about that value.
    pub fn see(&mut self, record: &Record) -> Option<T> {
        let was_putting = self.putting.remove(&record.pid);
        match record.event {
            Event::Error { .. } if was_putting => self.take_back(record.pid),
            _ => None,
        }
    }

    /// The process with the PID `by` has put or sent a value.
    pub fn put(&mut self, value: &Value, by: u32, tag: T) {
        let value = value.clone();
        self.values.push_back(Sent { value, by, tag });
        self.putting.insert(by);
    }

    /// The process with the PID `by` has got or received a value, which another one put or sent. What was kept about
    /// it, if that is known.
    pub fn take(&mut self, value: &Value, by: u32) -> Option<T> {
        let is_it = |sent: &Sent<T>| sent.by != by && sent.value == *value;
        let index = self.values.iter().position(is_it)?;
        self.values.remove(index).map(|sent| sent.tag)
    }

    /// What the process with the PID `by` has put or sent last was refused: it is not on its way.
    pub fn take_back(&mut self, by: u32) -> Option<T> {
        let index = self.values.iter().rposition(|sent| sent.by == by)?;
        self.values.remove(index).map(|sent| sent.tag)
    }

    /// Takes out all that are on their way, oldest first.
    pub fn drain(&mut self) -> impl Iterator<Item = (Value, T)> {
        self.values.drain(..).map(|sent| (sent.value, sent.tag))
    }

    /// How many values are on their way.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// The values, oldest first.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.values.iter().map(|sent| &sent.value)
    }

    /// What is kept about them, oldest first.
    pub fn tags(&self) -> impl Iterator<Item = &T> {
        self.values.iter().map(|sent| &sent.tag)
    }
}
