//! What is marked on a lane.

use std::collections::BTreeMap;

use crate::events::Mark;

/// How many values of a sort are named in one place.
const MOST_NAMED: usize = 3;

/// An event that is marked on a lane.
pub struct Marked {
    /// When it was, in microseconds.
    pub time: u64,
    /// What it was.
    pub mark: Mark,
    /// Its value, or other words for which event it was; may be empty.
    pub label: Box<str>,
}

/// Events of one sort in one place of a lane.
pub struct Item<'a> {
    /// What they were.
    pub mark: Mark,
    /// The labels of the first of them.
    pub labels: Vec<&'a str>,
    /// How many they were.
    pub count: usize,
}

/// The marks by column, of which there are so many for the time from 0 to `end`: in each column, in
/// the order in which each sort came first.
pub fn by_column(marks: &[Marked], columns: usize, end: u64) -> BTreeMap<usize, Vec<Item<'_>>> {
    let mut by_column: BTreeMap<_, Vec<Item>> = BTreeMap::new();
    for Marked { time, mark, label } in marks {
        let items = by_column.entry(column(*time, columns, end)).or_default();
        let place = items.iter().position(|item| item.mark == *mark).unwrap_or(items.len());
        if place == items.len() {
            items.push(Item { mark: *mark, labels: Vec::new(), count: 0 });
        }
        let item = &mut items[place];
        item.count += 1;
        if !label.is_empty() && item.labels.len() < MOST_NAMED {
            item.labels.push(label);
        }
        // Where something else is marked as well, the lane's own line has to say that it waits.
        if items.len() > 1 {
            items.retain(|item| item.mark != Mark::Join);
        }
    }
    by_column
}

/// The column of a time, of so many for the time from 0 to `end`.
pub fn column(time: u64, columns: usize, end: u64) -> usize {
    let column = u128::from(time) * columns as u128 / u128::from(end.max(1));
    (column as usize).min(columns - 1)
}
