//! One process or thread on the time axis.

use std::collections::BTreeMap;

use super::pools::Worker;
use crate::events::{Call, Mark, Status};
use crate::state::Activity;

const MOST_NAMED: usize = 3;

/// How a lane spends its time, in the order of the legend.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Doing {
    /// It runs, or it could.
    Runs,
    Sleeps,
    /// It waits for another process: for a value, an answer, or room.
    Waits,
    /// It waits for the end of a process or thread.
    Joins,
    /// It has a lock, and doesn't wait.
    Holds,
    /// It has a lock, and waits.
    HoldsAndWaits,
    /// It runs a user's program, which doesn't log what it does.
    Lives,
    /// It has ended, and its parent has not reaped it.
    IsZombie,
}

impl Doing {
    pub const ALL: [Doing; 8] = [
        Doing::Runs,
        Doing::Sleeps,
        Doing::Waits,
        Doing::Joins,
        Doing::Holds,
        Doing::HoldsAndWaits,
        Doing::Lives,
        Doing::IsZombie,
    ];
}

impl From<Activity> for Doing {
    fn from(activity: Activity) -> Doing {
        match activity {
            Activity::Running => Doing::Runs,
            Activity::Sleeping => Doing::Sleeps,
            Activity::Waiting(Call::Join) | Activity::Joining(_) => Doing::Joins,
            Activity::Waiting(_) => Doing::Waits,
        }
    }
}

/// One process or thread. Times are in microseconds since the run's first event, or, once the lane
/// is ordered, the numbers of its moments.
pub struct Lane {
    /// The process's role, or the thread's name.
    pub name: String,
    pub pid: u32,
    /// The number of the process's lane: this lane's own, or, for a thread, another.
    pub process: usize,
    /// The number of the lane below which this one is drawn, if that is not its process's.
    pub below: Option<usize>,
    pub began: u64,
    /// When the lane ended, and, for a process, the exit status.
    pub ended: Option<(u64, Option<Status>)>,
    /// When the process became a zombie, if that is known, and its exit status.
    pub died: Option<(u64, Option<Status>)>,
    /// Whether the program itself never reaps it.
    pub is_left: bool,
    /// How many locks it has.
    pub holds: u32,
    pub marks: Vec<Marked>,
    /// What it did, and from when on: an entry for each of its events.
    activities: Vec<(u64, Doing)>,
    /// When its latest sleep is over, or was.
    pub sleeps_until: u64,
    /// Whether it is a thread of which nothing is known but its events.
    pub is_glimpsed: bool,
    /// Its tasks, if it is a worker of a pool.
    pub worker: Option<Worker>,
    /// Whether another lane stands for it.
    pub is_hidden: bool,
}

/// An event that is marked on a lane.
pub struct Marked {
    pub time: u64,
    pub mark: Mark,
    /// The event's value, or other words that tell the event; may be empty.
    pub label: Box<str>,
}

/// Events of one sort in one place of a lane.
pub struct Item<'a> {
    pub mark: Mark,
    /// The labels of the first events.
    pub labels: Vec<&'a str>,
    pub count: usize,
}

impl Lane {
    /// A lane that begins now, and does this.
    pub fn new(name: &str, pid: u32, process: usize, now: u64, doing: Doing) -> Lane {
        Lane {
            name: name.to_owned(),
            pid,
            process,
            below: None,
            began: now,
            ended: None,
            died: None,
            is_left: false,
            holds: 0,
            marks: Vec::new(),
            activities: vec![(now, doing)],
            sleeps_until: 0,
            is_glimpsed: false,
            worker: None,
            is_hidden: false,
        }
    }

    /// From now on, this process or thread does something else.
    pub fn switch_to(&mut self, doing: Doing, now: u64) {
        let doing = match doing {
            Doing::Runs | Doing::Sleeps if self.holds > 0 => Doing::Holds,
            Doing::Waits | Doing::Joins if self.holds > 0 => Doing::HoldsAndWaits,
            doing => doing,
        };
        // Times of different processes can be a little out of order.
        match self.activities.last_mut() {
            Some((since, last)) if now <= *since => *last = doing,
            _ => self.activities.push((now, doing)),
        }
    }

    /// Ends its last sleep, if that was over before now: the log doesn't tell what followed.
    pub fn wake(&mut self, now: u64) {
        if let Some((since, Doing::Sleeps)) = self.activities.last()
            && self.sleeps_until < now
        {
            self.activities.push((self.sleeps_until.max(*since), Doing::Runs));
        }
    }

    /// Changes what the lane has done since its last event, as only turns out now.
    pub fn has_done(&mut self, doing: Doing) {
        if let Some((_, last)) = self.activities.last_mut() {
            *last = doing;
        }
    }

    pub fn end(&mut self, status: Option<Status>, now: u64) {
        self.wake(now);
        let since = self.activities.last().map_or(now, |(since, _)| *since);
        let end = if self.is_glimpsed { since } else { now.max(since) };
        self.ended = Some((end, status));
    }

    /// The process has ended, and is a zombie from now on.
    pub fn die(&mut self, status: Option<Status>, now: u64) {
        if self.died.is_none() {
            self.wake(now);
            self.died = Some((now, status));
            self.switch_to(Doing::IsZombie, now);
        }
    }

    /// How the process ended, if that is known.
    pub fn status(&self) -> Option<Status> {
        let known = |ended: Option<(u64, Option<Status>)>| ended.and_then(|(_, status)| status);
        known(self.ended).or(known(self.died))
    }

    /// The times of what is drawn; of its marks, beginning and end only if that `suffices`.
    pub fn times(&self, suffices: bool) -> impl Iterator<Item = u64> {
        let ends = [Some(self.began), self.ended.map(|it| it.0), self.died.map(|it| it.0)];
        let activities = self.activities.iter().map(|(time, _)| *time).filter(move |_| !suffices);
        let marks = self.marks.iter().map(|it| it.time);
        ends.into_iter().flatten().chain(activities).chain(marks)
    }

    /// Puts the number of each moment in place of its time.
    pub fn order(&mut self, number: impl Fn(u64) -> u64) {
        let ends = [&mut self.ended, &mut self.died].into_iter().flatten().map(|it| &mut it.0);
        let activities = self.activities.iter_mut().map(|it| &mut it.0);
        let marks = self.marks.iter_mut().map(|it| &mut it.time);
        let times = ends.chain(activities).chain(marks).chain([&mut self.began]);
        times.for_each(|time| *time = number(*time));
    }

    /// What it did, and from when on.
    pub fn activities(&self) -> impl Iterator<Item = (u64, Doing)> {
        self.activities.iter().copied()
    }

    /// When it acquired locks.
    pub fn acquisitions(&self) -> impl Iterator<Item = u64> {
        let pairs = self.activities.windows(2);
        let acquired = pairs.filter(|pair| pair[0].1 != Doing::Holds && pair[1].1 == Doing::Holds);
        acquired.map(|pair| pair[1].0)
    }

    /// What took the most time in each of `columns` equal parts of the time from 0 to `end`, or
    /// that it had a lock, if it had for a quarter of that. None where the lane fills less than a
    /// quarter of the column.
    pub fn columns(&self, columns: usize, end: u64) -> Vec<Option<Doing>> {
        let mut sums = vec![[0.0; Doing::ALL.len()]; columns];
        let width = end as f64 / columns as f64;
        let last = self.ended.map_or(end, |(time, _)| time);
        let ends = self.activities.iter().skip(1).map(|(begin, _)| *begin).chain([last]);
        for ((begin, doing), end) in self.activities.iter().zip(ends) {
            let (begin, end) = (*begin as f64, end as f64);
            let first = (begin / width) as usize;
            for (column, sum) in sums.iter_mut().enumerate().skip(first) {
                let from = column as f64 * width;
                if from > end {
                    break;
                }
                sum[*doing as usize] += (end.min(from + width) - begin.max(from)).max(0.0);
            }
        }
        let is_there = |sum: &&[f64; _]| sum.iter().sum::<f64>() * 4.0 > width;
        let holds = |sum: &[f64; _]| {
            let holds = [Doing::Holds, Doing::HoldsAndWaits].into_iter();
            holds
                .max_by(|a, b| sum[*a as usize].total_cmp(&sum[*b as usize]))
                .filter(|it| sum[*it as usize] * 4.0 > width)
        };
        let told = |sum: &[f64; _]| holds(sum).or_else(|| longest(sum));
        sums.iter().map(|sum| Some(sum).filter(is_there).and_then(told)).collect()
    }

    /// The marks in each of `columns` equal parts of the time from 0 to `end`, in the order in
    /// which each sort came first.
    pub fn marks_by_column(&self, columns: usize, end: u64) -> BTreeMap<usize, Vec<Item<'_>>> {
        let mut by_column: BTreeMap<_, Vec<Item>> = BTreeMap::new();
        for Marked { time, mark, label } in &self.marks {
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
            // A join's mark is left out beside other marks: the lane itself shows the wait.
            if items.len() > 1 {
                items.retain(|item| item.mark != Mark::Join);
            }
        }
        by_column
    }
}

fn longest(sums: &[f64; Doing::ALL.len()]) -> Option<Doing> {
    Doing::ALL.into_iter().max_by(|a, b| sums[*a as usize].total_cmp(&sums[*b as usize]))
}

/// The column of a time, of `columns` equal parts of the time from 0 to `end`.
pub fn column(time: u64, columns: usize, end: u64) -> usize {
    let column = u128::from(time) * columns as u128 / u128::from(end.max(1));
    (column as usize).min(columns - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_in_a_column_is_drawn_at_any_scale() {
        for unit in [1, 10, 1_000, 1_000_000, 3_600_000_000] {
            let mut lane = Lane::new("writer", 1, 0, 10 * unit, Doing::Runs);
            // The last event has an earlier time than the one before it: it counts as the same
            // time.
            let doings = [Doing::Sleeps, Doing::Waits, Doing::Runs, Doing::Joins, Doing::Joins];
            for (doing, from) in doings.into_iter().zip([21, 50, 56, 69, 60]) {
                lane.switch_to(doing, from * unit);
            }
            lane.end(None, 90 * unit);
            let drawn = lane.columns(10, 100 * unit).into_iter();
            let letter = |doing: Doing| ["r", "s", "w", "j", "h", "b", "l", "z"][doing as usize];
            let drawn: String = drawn.map(|doing| doing.map_or(" ", letter)).collect();
            assert_eq!(drawn, " rssswrjj ", "unit {unit}");
        }
    }
}
