//! Values that pass from one lane to another, and which get belongs to which put.

use std::collections::HashMap;

use crate::events::{Event, Record, repr};
use crate::views::in_transit::InTransit;
use serde_json::Value;

/// How many different values are remembered, to number those that come again.
const MOST_REMEMBERED: usize = 1000;

/// Follows values from put to get and from send to recv. Equal values are told apart by a number.
pub struct Passing {
    in_queue: InTransit<Put>,
    in_pipes: InTransit<Put>,
    seen: HashMap<String, u32>,
}

/// A value that was put or sent.
pub struct Put {
    /// What the lanes say of it.
    pub label: String,
    /// The lane that it was put from, if that is drawn.
    pub lane: Option<usize>,
    /// When, in microseconds.
    pub time: u64,
}

impl Passing {
    /// No values yet.
    pub fn new() -> Passing {
        Passing {
            in_queue: InTransit::new(),
            in_pipes: InTransit::new(),
            seen: HashMap::new(),
        }
    }

    /// Takes an event, which is drawn on this lane at this time. What the lane says of the value, if there is one: the
    /// same at both ends.
    pub fn see(&mut self, record: &Record, lane: Option<usize>, time: u64) -> Option<String> {
        let pid = record.pid;
        self.in_queue.see(record);
        self.in_pipes.see(record);
        match &record.event {
            Event::Put { value } | Event::Send { value } => {
                let label = self.numbered(value);
                let put = Put {
                    label: label.clone(),
                    lane,
                    time,
                };
                match record.event {
                    Event::Put { .. } => self.in_queue.put(value, pid, put),
                    _ => self.in_pipes.put(value, pid, put),
                }
                Some(label)
            }
            Event::Get { value } => Some(label_of(self.in_queue.take(value, pid), value)),
            Event::Recv { value } => Some(label_of(self.in_pipes.take(value, pid), value)),
            _ => None,
        }
    }

    /// Takes back what the process with this PID has sent last: it was refused.
    pub fn refused(&mut self, by: u32) -> Option<Put> {
        self.in_pipes.take_back(by)
    }

    /// Takes out the values that were put into the queue and never got.
    pub fn lost(&mut self) -> Vec<Put> {
        self.in_queue.drain().map(|(_, put)| put).collect()
    }

    fn numbered(&mut self, value: &Value) -> String {
        let label = label(value);
        if self.seen.len() >= MOST_REMEMBERED && !self.seen.contains_key(&label) {
            return label;
        }
        let times = self.seen.entry(label.clone()).or_default();
        *times += 1;
        match times {
            1 => label,
            times => format!("{label}#{times}"),
        }
    }
}

/// What the put said; of a value whose put is not in the log, the value.
fn label_of(put: Option<Put>, value: &Value) -> String {
    put.map_or_else(|| label(value), |put| put.label)
}

/// A value on one line: as Python's `repr` shows it, a string without its quotes.
fn label(value: &Value) -> String {
    let shown = repr(value);
    match value.is_string() {
        true => shown[1..shown.len() - 1].to_owned(),
        false => shown,
    }
}
