//! What is marked on a lane.

use std::collections::BTreeMap;

use super::bins::Scale;
use crate::events::Mark;

/// How many values of a sort are named in one place.
const MOST_NAMED: usize = 3;

/// What is marked in one place of a lane: an event, or several that fall together there.
#[derive(Clone, Debug)]
pub struct Marked {
    /// When the first of them was, in microseconds.
    pub time: u64,
    /// What they were, in the order in which each sort came first.
    pub items: Vec<Item>,
}

/// Events of one sort.
#[derive(Clone, Debug)]
pub struct Item {
    /// What they were.
    pub mark: Mark,
    /// The values of the first of them, or other words for which events they were.
    pub labels: Vec<String>,
    /// How many they were.
    pub count: u32,
}

impl Marked {
    /// A mark for one event. The label may be empty.
    pub fn new(time: u64, mark: Mark, label: String) -> Marked {
        let labels = Some(label).filter(|label| !label.is_empty());
        let item = Item { mark, labels: labels.into_iter().collect(), count: 1 };
        Marked { time, items: vec![item] }
    }

    fn merge(&mut self, other: Marked) {
        self.merge_items(other);
        // Where something else is marked as well, the lane's own line has to say that it waits.
        if self.items.len() > 1 {
            self.items.retain(|item| item.mark != Mark::Join);
        }
    }

    fn merge_items(&mut self, other: Marked) {
        for more in other.items {
            match self.items.iter_mut().find(|item| item.mark == more.mark) {
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
    fn turn(&mut self, from: Mark, to: Mark, label: String) {
        for item in self.items.iter_mut().filter(|item| item.mark == from) {
            item.count -= 1;
            item.labels.retain(|other| *other != label);
        }
        self.items.retain(|item| item.count > 0);
        self.merge(Marked::new(self.time, to, label));
    }
}

/// The marks of a lane, at most one in each bin.
#[derive(Default)]
pub struct Marks(BTreeMap<usize, Marked>);

impl Marks {
    /// Adds a mark at a time that the scale reaches.
    pub fn add(&mut self, mark: Marked, scale: Scale) {
        merge(&mut self.0, scale.bin(mark.time), mark);
    }

    /// What was marked at this time, with this label, turns out to be of another sort.
    pub fn turn(&mut self, time: u64, from: Mark, to: Mark, label: String, scale: Scale) {
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
    pub fn columns(&self, columns: usize, end: u64) -> BTreeMap<usize, Marked> {
        let mut by_column = BTreeMap::new();
        for mark in self.0.values() {
            merge(&mut by_column, column(mark.time, columns, end), mark.clone());
        }
        by_column
    }
}

/// The column of a time, of so many for the time from 0 to `end`.
pub fn column(time: u64, columns: usize, end: u64) -> usize {
    let column = u128::from(time) * columns as u128 / u128::from(end.max(1));
    (column as usize).min(columns - 1)
}

fn merge(marks: &mut BTreeMap<usize, Marked>, place: usize, mark: Marked) {
    match marks.get_mut(&place) {
        Some(there) => there.merge(mark),
        None => drop(marks.insert(place, mark)),
    }
}
