//! One process or thread on the time axis.

use super::marks::Marked;
use crate::events::{Call, Status};
use crate::state::Activity;

/// How a lane spends its time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Doing {
    /// It runs, or it could.
    Runs,
    /// It sleeps.
    Sleeps,
    /// It waits for another one: for a value, an answer, or room.
    Waits,
    /// It waits for the end of a process or thread.
    Joins,
    /// It is another program, which doesn't tell what it does.
    Lives,
}

impl Doing {
    /// All of them, in the order of the legend.
    pub const ALL: [Doing; 5] =
        [Doing::Runs, Doing::Sleeps, Doing::Waits, Doing::Joins, Doing::Lives];
}

impl From<Activity> for Doing {
    fn from(activity: Activity) -> Doing {
        match activity {
            Activity::Running => Doing::Runs,
            Activity::Sleeping => Doing::Sleeps,
            Activity::Waiting(
                Call::Get | Call::Send | Call::Recv | Call::Acquire | Call::Readline | Call::Write,
            ) => Doing::Waits,
            Activity::Waiting(Call::Join) | Activity::Joining(_) => Doing::Joins,
        }
    }
}

/// One process or thread. Times are in microseconds since the run's first event.
pub struct Lane {
    /// The process's role, or the thread's name.
    pub name: String,
    /// The PID.
    pub pid: u32,
    /// The number of the process's lane; its own, unless it is a thread's.
    pub process: usize,
    /// The number of the lane below which it stands, where that is not its process's.
    pub below: Option<usize>,
    /// When it began.
    pub began: u64,
    /// When it ended, and how if it is a process's.
    pub ended: Option<(u64, Option<Status>)>,
    /// What is marked on it.
    pub marks: Vec<Marked>,
    /// What it did from then on, an entry for each of its events.
    activities: Vec<(u64, Doing)>,
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
            marks: Vec::new(),
            activities: vec![(now, doing)],
        }
    }

    /// From now on, this process or thread does something else.
    pub fn switch_to(&mut self, doing: Doing, now: u64) {
        // Between processes, times can be a little out of order.
        match self.activities.last_mut() {
            Some((since, last)) if now <= *since => *last = doing,
            _ => self.activities.push((now, doing)),
        }
    }

    /// Since its last event it has done this, as turns out only now.
    pub fn has_done(&mut self, doing: Doing) {
        if let Some((_, last)) = self.activities.last_mut() {
            *last = doing;
        }
    }

    /// It has ended.
    pub fn end(&mut self, status: Option<Status>, now: u64) {
        let since = self.activities.last().map_or(now, |(since, _)| *since);
        self.ended = Some((now.max(since), status));
    }

    /// What took the most time in each of so many columns, of which each is a part of the time from
    /// 0 to `end`. None where the lane fills less than a quarter of the column.
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
        sums.iter().map(|sum| Some(sum).filter(is_there).map(longest)).collect()
    }
}

fn longest(sums: &[f64; Doing::ALL.len()]) -> Doing {
    let by_time = |a: &Doing, b: &Doing| sums[*a as usize].total_cmp(&sums[*b as usize]);
    Doing::ALL.into_iter().max_by(by_time).unwrap_or(Doing::Runs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_in_a_column_is_drawn_at_any_scale() {
        for unit in [1, 10, 1_000, 1_000_000, 3_600_000_000] {
            let mut lane = Lane::new("writer", 1, 0, 10 * unit, Doing::Runs);
            for (doing, from) in [
                (Doing::Sleeps, 21),
                (Doing::Waits, 50),
                (Doing::Runs, 56),
                (Doing::Joins, 69),
                // An earlier time counts as the same.
                (Doing::Joins, 60),
            ] {
                lane.switch_to(doing, from * unit);
            }
            lane.end(None, 90 * unit);
            let letter = |doing: Option<Doing>| match doing {
                Some(Doing::Runs) => 'r',
                Some(Doing::Sleeps) => 's',
                Some(Doing::Waits) => 'w',
                Some(Doing::Joins) => 'j',
                Some(Doing::Lives) => 'l',
                None => ' ',
            };
            let columns = lane.columns(10, 100 * unit);
            let drawn: String = columns.into_iter().map(letter).collect();
            assert_eq!(drawn, " rssswrjj ", "unit {unit}");
        }
    }
}
