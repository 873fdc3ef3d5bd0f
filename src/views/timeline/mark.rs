//! What is marked on a lane.

use std::collections::BTreeMap;

use super::bins::Scale;
use super::words::Word;
use crate::events::{Call, Event};

/// How many values of a sort are named in one place.
const MOST_NAMED: usize = 3;

/// What is marked in one place of a lane: an event, or several that fall together there.
#[derive(Clone, Debug)]
pub struct Mark {
    /// When the first of them was, in microseconds.
    pub time: u64,
    /// What they were, in the order in which each sort came first.
    pub items: Vec<Item>,
}

/// Events of one sort.
#[derive(Clone, Debug)]
pub struct Item {
    /// What they were.
    pub sort: Sort,
    /// The values of the first of them, or other words for which events they were.
    pub labels: Vec<String>,
    /// How many they were.
    pub count: u32,
}

impl Mark {
    /// A mark for one event. The label may be empty.
    pub fn new(time: u64, sort: Sort, label: String) -> Mark {
        let labels = Some(label).filter(|label| !label.is_empty());
        let item = Item {
            sort,
            labels: labels.into_iter().collect(),
            count: 1,
        };
        Mark {
            time,
            items: vec![item],
        }
    }

    fn merge(&mut self, other: Mark) {
        for more in other.items {
            match self.items.iter_mut().find(|item| item.sort == more.sort) {
                Some(item) => {
                    item.count += more.count;
                    let room = MOST_NAMED.saturating_sub(item.labels.len());
                    item.labels.extend(more.labels.into_iter().take(room));
                }
                None => self.items.push(more),
            }
        }
    }

    /// One of the events of a sort here, with this label, turns out to be of another sort.
    fn turn(&mut self, from: Sort, to: Sort, label: String) {
        for item in self.items.iter_mut().filter(|item| item.sort == from) {
            item.count -= 1;
            item.labels.retain(|other| *other != label);
        }
        self.items.retain(|item| item.count > 0);
        self.merge(Mark::new(self.time, to, label));
    }
}

/// Sorts of marks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, strum::VariantArray)]
pub enum Sort {
    /// A thread begins.
    Thread,
    /// A task begins.
    Task,
    /// A request goes out.
    Request,
    /// What was asked for is there.
    Served,
    /// A value goes into the queue.
    Put,
    /// A value comes out of the queue.
    Get,
    /// A value goes into the pipe.
    Send,
    /// A value comes out of the pipe.
    Recv,
    /// A value that goes into the queue, and never came out.
    Lost,
    /// SIGTERM, to a child.
    Terminate,
    /// SIGKILL, to a child.
    Kill,
    /// A call was refused.
    Refused,
    /// The process gives up.
    Error,
}

/// What an event puts on a lane, if anything: its sort and its label. `value` is what is said of its value, if it has one.
pub fn mark(
    event: &Event,
    value: Option<String>,
    word: impl Fn(Word) -> &'static str,
) -> Option<(Sort, String)> {
    let nothing = String::new;
    let value = || value.unwrap_or_default();
    Some(match event {
        Event::Put { .. } => (Sort::Put, value()),
        Event::Get { .. } => (Sort::Get, value()),
        Event::Send { .. } => (Sort::Send, value()),
        Event::Recv { .. } => (Sort::Recv, value()),
        Event::PutSentinel => (Sort::Put, word(Word::Sentinel).into()),
        Event::GetSentinel => (Sort::Get, word(Word::Sentinel).into()),
        Event::EndOfFile => (Sort::Get, "EOF".into()),
        Event::Terminate { child_role, .. } => (Sort::Terminate, (*child_role).into()),
        Event::Kill { child_role, .. } => (Sort::Kill, (*child_role).into()),
        // The mark of the send itself says it.
        Event::Refused {
            call: Call::Send, ..
        } => return None,
        Event::Refused { .. } => (Sort::Refused, nothing()),
        Event::Error { .. } => (Sort::Error, nothing()),
        Event::TaskStart { task, .. } => (Sort::Task, task.to_string()),
        Event::Request { customer } => (Sort::Request, customer.to_string()),
        Event::Served { customer } => (Sort::Served, customer.to_string()),
        // The lanes themselves show these.
        Event::Running
        | Event::Started { .. }
        | Event::Exited { .. }
        | Event::Join { .. }
        | Event::Joined { .. }
        | Event::Sleep { .. }
        | Event::Wait { .. }
        | Event::TaskDone { .. } => return None,
        // The lines above the picture say these, or the notes between them.
        Event::Run { .. }
        | Event::Print { .. }
        | Event::Counter { .. }
        | Event::Progress { .. }
        | Event::Measured { .. }
        | Event::Say { .. }
        | Event::Pool { .. }
        | Event::Customers { .. }
        | Event::WillStart
        | Event::Turn { .. }
        | Event::Ended
        | Event::AfterJoin => return None,
    })
}

/// The marks of a lane, at most one in each bin.
#[derive(Default)]
pub struct Marks(BTreeMap<usize, Mark>);

impl Marks {
    /// Adds a mark at a time that the scale reaches.
    pub fn add(&mut self, mark: Mark, scale: Scale) {
        merge(&mut self.0, scale.bin(mark.time), mark);
    }

    /// What was marked at this time, with this label, turns out to be of another sort.
    pub fn turn(&mut self, time: u64, from: Sort, to: Sort, label: String, scale: Scale) {
        if let Some(mark) = self.0.get_mut(&scale.bin(time)) {
            mark.turn(from, to, label);
        }
    }

    /// Two bins become one.
    pub fn fold(&mut self) {
        for (bin, mark) in std::mem::take(&mut self.0) {
            merge(&mut self.0, bin / 2, mark);
        }
    }

    /// The marks by column, of which there are so many for the time from 0 to `end`.
    pub fn columns(&self, columns: usize, end: u64) -> BTreeMap<usize, Mark> {
        let mut by_column = BTreeMap::new();
        for mark in self.0.values() {
            merge(
                &mut by_column,
                column(mark.time, columns, end),
                mark.clone(),
            );
        }
        by_column
    }
}

/// The column of a time, of so many for the time from 0 to `end`.
pub fn column(time: u64, columns: usize, end: u64) -> usize {
    let column = u128::from(time) * columns as u128 / u128::from(end.max(1));
    (column as usize).min(columns - 1)
}

fn merge(marks: &mut BTreeMap<usize, Mark>, place: usize, mark: Mark) {
    match marks.get_mut(&place) {
        Some(there) => there.merge(mark),
        None => drop(marks.insert(place, mark)),
    }
}
