//! Time in bins, as many for a run of a second as for one of an hour.

use crate::events::Call;
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

/// How wide a bin is: the same for all lanes. Nobody knows beforehand how long a run will be, so
/// the bins begin with a microsecond each, and whenever the run outgrows them, two become one.
#[derive(Clone, Copy)]
pub struct Scale {
    bins: usize,
    shift: u32,
}

impl Scale {
    /// Bins for a picture of so many columns: fine enough that none of them is seen.
    pub fn new(columns: usize) -> Scale {
        Scale { bins: columns * 8, shift: 0 }
    }

    /// Reaches as far as this time, in microseconds. Says how many times two bins had to become
    /// one.
    pub fn reach(&mut self, time: u64) -> u32 {
        let before = self.shift;
        while self.bin(time) >= self.bins {
            self.shift += 1;
        }
        self.shift - before
    }

    /// The number of the bin that has this time.
    pub fn bin(self, time: u64) -> usize {
        (time >> self.shift) as usize
    }

    fn begin(self, bin: usize) -> u64 {
        (bin as u64) << self.shift
    }
}

/// How long a lane did what, bin by bin, in microseconds.
#[derive(Default)]
pub struct Bins(Vec<[u64; Doing::ALL.len()]>);

impl Bins {
    /// Adds the time from `from` to `to`, which the scale reaches.
    pub fn add(&mut self, doing: Doing, from: u64, to: u64, scale: Scale) {
        let last = scale.bin(to);
        if self.0.len() <= last {
            self.0.resize(last + 1, [0; Doing::ALL.len()]);
        }
        for bin in scale.bin(from)..=last {
            let begin = scale.begin(bin).max(from);
            let end = scale.begin(bin + 1).min(to);
            self.0[bin][doing as usize] += end.saturating_sub(begin);
        }
    }

    /// Two bins become one.
    pub fn fold(&mut self) {
        let pairs = self.0.chunks(2);
        let folded = pairs.map(|pair| {
            let mut sum = pair[0];
            if let Some(second) = pair.get(1) {
                sum.iter_mut().zip(second).for_each(|(sum, more)| *sum += more);
            }
            sum
        });
        self.0 = folded.collect();
    }

    /// What took the most time in each of so many columns, of which each is a part of the time from
    /// 0 to `end`. None where there was nothing to do it.
    pub fn columns(&self, columns: usize, end: u64, scale: Scale) -> Vec<Option<Doing>> {
        let mut sums = vec![[0.0; Doing::ALL.len()]; columns];
        let width = end as f64 / columns as f64;
        for (bin, times) in self.0.iter().enumerate() {
            let begin = scale.begin(bin) as f64;
            let until = (scale.begin(bin + 1) as f64).min(end as f64);
            let first = ((begin / width) as usize).min(columns - 1);
            let last = ((until / width) as usize).min(columns - 1);
            for (column, sum) in sums.iter_mut().enumerate().take(last + 1).skip(first) {
                // A bin that lies in two columns is shared out.
                let from = begin.max(column as f64 * width);
                let to = until.min((column + 1) as f64 * width);
                let share = (to - from).max(0.0) / (until - begin).max(1.0);
                for (sum, time) in sum.iter_mut().zip(times) {
                    *sum += *time as f64 * share;
                }
            }
        }
        // A bin that lies in two columns may have put into one what belongs to the other: up to a
        // quarter of a column, for a column has four bins or more.
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

    fn drawn(columns: &[Option<Doing>]) -> String {
        let letter = |doing: &Option<Doing>| match doing {
            Some(Doing::Runs) => 'r',
            Some(Doing::Sleeps) => 's',
            Some(Doing::Waits) => 'w',
            Some(Doing::Joins) => 'j',
            Some(Doing::Lives) => 'l',

            None => ' ',
        };
        columns.iter().map(letter).collect()
    }

    #[test]
    fn the_longest_in_a_column_is_drawn_at_any_scale() {
        for unit in [1, 10, 1_000, 1_000_000, 3_600_000_000] {
            let mut scale = Scale::new(10);
            let mut bins = Bins::default();
            for (doing, from, to) in [
                (Doing::Runs, 10, 21),
                (Doing::Sleeps, 21, 50),
                (Doing::Waits, 50, 56),
                (Doing::Runs, 56, 70),
                (Doing::Joins, 70, 90),
            ] {
                for _ in 0..scale.reach(to * unit) {
                    bins.fold();
                }
                bins.add(doing, from * unit, to * unit, scale);
            }
            for _ in 0..scale.reach(100 * unit) {
                bins.fold();
            }
            let columns = bins.columns(10, 100 * unit, scale);
            assert_eq!(drawn(&columns), " rssswrjj ", "unit {unit}");
        }
    }

    #[test]
    fn no_time_is_lost_when_bins_fold() {
        let mut scale = Scale::new(4);
        let mut bins = Bins::default();
        let mut expected = 0;
        for step in 0..1_000_u64 {
            let (from, to) = (step * 37, step * 37 + 20);
            for _ in 0..scale.reach(to) {
                bins.fold();
            }
            bins.add(Doing::Runs, from, to, scale);
            expected += to - from;
        }
        let total: u64 = bins.0.iter().map(|bin| bin[Doing::Runs as usize]).sum();
        assert_eq!(total, expected);
        assert!(bins.0.len() <= 32);
    }
}
