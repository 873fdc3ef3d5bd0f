//! What follows from a table.
//!
//! A verdict may say nothing that the figures don't. It is arithmetic on given numbers, so the tests below can hold it
//! against machines that nobody here has.

use super::Kind;
use super::pool::Measured;
use super::table::{Table, count};

/// A gain that is smaller may be chance.
const CHANCE: f64 = 1.1;

impl Table {
    /// What follows, on a machine that lets this program use so many cores.
    pub fn verdicts(&self, cores: usize) -> Vec<String> {
        let mut lines = vec![self.gain()];
        lines.extend(self.loss());
        lines.extend(self.against_cores(cores));
        if self.kind == Kind::Compute {
            lines.extend(self.others_on_the_cores(cores));
            lines.extend(self.uneven_cores());
        }
        lines.extend(self.idle_workers());
        if self.kind == Kind::Io {
            let percent = self.waited_percent();
            lines.push(format!(
                "An IO worker waited {percent:.1} % of its tasks' time."
            ));
        }
        lines
    }

    /// The fewest workers that are, but for chance, as fast as any number of them.
    fn knee(&self) -> &Measured {
        let limit = self.fastest().wall_seconds * CHANCE;
        let is_as_fast = |pool: &&Measured| pool.wall_seconds <= limit;
        self.pools.iter().find(is_as_fast).unwrap_or(self.first())
    }

    fn gain(&self) -> String {
        let kind = self.kind_in_words();
        let knee = self.knee();
        let workers = count(knee.workers, "worker");
        let speed_up = self.speed_up(knee);
        if self.pools.len() == 1 {
            format!("{kind}: only {workers} measured, so nothing shows what others gain.")
        } else if knee.workers == self.last().workers {
            format!("{kind} gains up to {workers}, the most measured (speed-up {speed_up:.2}).")
        } else if knee.workers == self.first().workers {
            format!("{kind} gains nothing from more than {workers} (less than 10 %).")
        } else {
            format!(
                "{kind} gains up to {workers} (speed-up {speed_up:.2}); more gain less than 10 %."
            )
        }
    }

    fn loss(&self) -> Option<String> {
        let (last, fastest) = (self.last(), self.fastest());
        let times = last.wall_seconds / fastest.wall_seconds;
        let (most, fewer) = (
            count(last.workers, "worker"),
            count(fastest.workers, "worker"),
        );
        (times > CHANCE).then(|| format!("{most} took {times:.2} times as long as {fewer}."))
    }

    fn against_cores(&self, cores: usize) -> Option<String> {
        let knee = usize::from(self.knee().workers);
        let may_use = format!("This program may use {}", count(cores, "core"));
        if self.pools.len() == 1 {
            return Some(format!("{may_use}."));
        }
        let first_with_all_cores = self
            .pools
            .iter()
            .find(|pool| usize::from(pool.workers) >= cores);
        let is_first = first_with_all_cores.is_some_and(|pool| usize::from(pool.workers) == knee);
        let workers = count(knee, "worker");
        Some(if knee == cores && self.kind == Kind::Io {
            format!("{may_use}: no limit here, since waiting needs none.")
        } else if knee == cores {
            format!("{may_use}: one for each worker.")
        } else if first_with_all_cores.is_none() {
            format!("{may_use}: there were never that many workers.")
        } else if knee < cores {
            let most = self.pools.iter().map(Measured::processor_percent);
            let had = most.fold(0.0, f64::max) / 100.0;
            format!("{may_use}; its workers had {had:.2} of them at most.")
        } else if self.kind == Kind::Compute && is_first {
            format!("{may_use}: {workers} are the next number measured.")
        } else {
            format!("{may_use}: fewer than the {workers} it gains up to.")
        })
    }

    /// With a core for each worker, a task that computes has its core all the time. Where it has not, the figures tell
    /// about other programs as much as about this one.
    fn others_on_the_cores(&self, cores: usize) -> Option<String> {
        let share = |pool: &Measured| pool.processor_seconds / pool.tasks_seconds;
        let with_a_core_each = self
            .pools
            .iter()
            .filter(|pool| usize::from(pool.workers) <= cores);
        let worst = with_a_core_each.min_by(|a, b| share(a).total_cmp(&share(b)))?;
        let (workers, percent) = (count(worst.workers, "worker"), 100.0 * share(worst));
        (share(worst) * CHANCE < 1.0).then(|| {
            format!(
                "With {workers} a task had its core for {percent:.0} % of its time: others used it."
            )
        })
    }

    /// The same work needs the same processor time. Where it does not, the cores were not always equally fast: they
    /// change their clock, and two that share a unit slow each other down.
    fn uneven_cores(&self) -> Option<String> {
        let used = self.pools.iter().map(|pool| pool.processor_seconds);
        let (least, most) = (
            used.clone().fold(f64::INFINITY, f64::min),
            used.fold(0.0, f64::max),
        );
        (most > CHANCE * least).then(|| {
            format!("The tasks used {least:.2} to {most:.2} s of processor time: the cores' speed varied.")
        })
    }

    fn idle_workers(&self) -> Option<String> {
        let most = self.last().workers;
        let idle = most.checked_sub(self.tasks).filter(|idle| *idle > 0)?;
        let tasks = count(self.tasks, "task");
        Some(format!(
            "With {tasks}, at least {idle} of {most} workers had nothing to do."
        ))
    }

    fn waited_percent(&self) -> f64 {
        let sum = |seconds: fn(&Measured) -> f64| self.pools.iter().map(seconds).sum::<f64>();
        let used = sum(|pool| pool.processor_seconds) / sum(|pool| pool.tasks_seconds);
        (100.0 * (1.0 - used)).max(0.0)
    }
}

/// How threads did, compared with processes, each with the number of workers that suited them best.
pub fn compare(processes: &Table, threads: &Table) -> String {
    let times = threads.fastest().wall_seconds / processes.fastest().wall_seconds;
    let gained = if times > CHANCE {
        "less"
    } else if times < 1.0 / CHANCE {
        "more"
    } else {
        "as much"
    };
    let kind = processes.kind_in_words();
    format!("{kind}: threads took {times:.2} times as long as processes; they gained {gained}.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lessons::bound::With;

    /// A table in which this many workers took these wall times. A compute task had its core all the time, and an IO
    /// task for a tenth of its time.
    fn table(kind: Kind, tasks: u16, pools: &[(u16, f64)]) -> Table {
        let pools = pools.iter().map(|&(workers, wall_seconds)| Measured {
            workers,
            wall_seconds,
            tasks_seconds: 0.8,
            processor_seconds: if kind == Kind::Compute { 0.8 } else { 0.08 },
        });
        Table {
            kind,
            with: With::Processes,
            tasks,
            pools: pools.collect(),
        }
    }

    #[test]
    fn compute_stops_gaining_at_the_cores() {
        let table = table(
            Kind::Compute,
            8,
            &[(1, 0.8), (2, 0.4), (4, 0.39), (8, 0.41)],
        );
        assert_eq!(
            table.verdicts(2),
            [
                "Compute gains up to 2 workers (speed-up 2.00); more gain less than 10 %.",
                "This program may use 2 cores: one for each worker.",
            ]
        );
        assert_eq!(
            table.verdicts(4)[1],
            "This program may use 4 cores; its workers had 2.05 of them at most."
        );
        assert_eq!(
            table.verdicts(16)[1],
            "This program may use 16 cores: there were never that many workers."
        );
        assert_eq!(
            table.verdicts(1)[1],
            "This program may use 1 core: fewer than the 2 workers it gains up to."
        );
    }

    #[test]
    fn one_core_gains_nothing_and_too_many_workers_lose() {
        let table = table(Kind::Compute, 8, &[(1, 0.8), (2, 0.81), (8, 1.2)]);
        assert_eq!(
            table.verdicts(1),
            [
                "Compute gains nothing from more than 1 worker (less than 10 %).",
                "8 workers took 1.50 times as long as 1 worker.",
                "This program may use 1 core: one for each worker.",
            ]
        );
    }

    #[test]
    fn the_knee_may_lie_between_the_numbers_measured() {
        let table = table(Kind::Compute, 8, &[(1, 0.9), (2, 0.45), (4, 0.3), (8, 0.3)]);
        assert_eq!(
            table.verdicts(3)[1],
            "This program may use 3 cores: 4 workers are the next number measured."
        );
    }

    #[test]
    fn other_programs_on_the_same_cores_are_noticed() {
        let mut table = table(Kind::Compute, 8, &[(1, 0.8), (2, 0.4), (4, 0.4)]);
        table.pools[1].tasks_seconds = 0.8 / 0.75;
        table.pools[2].tasks_seconds = 1.6;
        assert_eq!(
            table.verdicts(2)[2..],
            ["With 2 workers a task had its core for 75 % of its time: others used it."]
        );
        table.pools[1].tasks_seconds = 0.8 / 0.95;
        assert_eq!(table.verdicts(2).len(), 2);
    }

    #[test]
    fn cores_whose_speed_varies_are_noticed() {
        let mut table = table(Kind::Compute, 8, &[(1, 0.8), (2, 0.4), (4, 0.35)]);
        assert_eq!(table.verdicts(2).len(), 2);
        table.pools[2].processor_seconds = 0.7;
        assert_eq!(
            table.verdicts(2)[2..],
            ["The tasks used 0.70 to 0.80 s of processor time: the cores' speed varied."]
        );
    }

    #[test]
    fn io_gains_until_there_are_no_more_tasks() {
        let table = table(Kind::Io, 8, &[(1, 0.8), (8, 0.1), (64, 0.1)]);
        assert_eq!(
            table.verdicts(2),
            [
                "IO gains up to 8 workers (speed-up 8.00); more gain less than 10 %.",
                "This program may use 2 cores: fewer than the 8 workers it gains up to.",
                "With 8 tasks, at least 56 of 64 workers had nothing to do.",
                "An IO worker waited 90.0 % of its tasks' time.",
            ]
        );
    }

    #[test]
    fn cores_are_no_limit_for_io() {
        let table = table(Kind::Io, 2, &[(1, 0.2), (2, 0.1)]);
        assert_eq!(
            table.verdicts(2)[1],
            "This program may use 2 cores: no limit here, since waiting needs none."
        );
    }

    #[test]
    fn the_most_workers_measured_may_be_the_best() {
        let table = table(Kind::Io, 8, &[(2, 0.4), (4, 0.2)]);
        assert_eq!(
            table.verdicts(2)[0],
            "IO gains up to 4 workers, the most measured (speed-up 2.00)."
        );
        assert_eq!(
            table.heading()[1],
            "Speed-up is over 2 workers, the fewest measured."
        );
    }

    #[test]
    fn one_pool_alone_shows_no_gain() {
        let table = table(Kind::Compute, 8, &[(2, 0.4)]);
        assert_eq!(
            table.verdicts(2),
            [
                "Compute: only 2 workers measured, so nothing shows what others gain.",
                "This program may use 2 cores.",
            ]
        );
    }

    #[test]
    fn threads_are_compared_at_their_fastest() {
        let processes = table(Kind::Compute, 8, &[(1, 0.8), (2, 0.4)]);
        for (seconds, expected) in [
            (
                0.42,
                "1.05 times as long as processes; they gained as much.",
            ),
            (0.8, "2.00 times as long as processes; they gained less."),
            (0.2, "0.50 times as long as processes; they gained more."),
        ] {
            let threads = table(Kind::Compute, 8, &[(1, 0.8), (2, seconds)]);
            let verdict = compare(&processes, &threads);
            assert_eq!(verdict, format!("Compute: threads took {expected}"));
            assert!(verdict.len() <= 78);
        }
    }

    #[test]
    fn no_line_is_longer_than_78_columns() {
        for kind in [Kind::Compute, Kind::Io] {
            for walls in [[900.0, 0.9], [900.0, 899.0], [100.0, 900.0]] {
                let mut table = table(kind, 999, &[(999, walls[0]), (1000, walls[1])]);
                table.pools[0].processor_seconds = 9e4;
                table.pools[1].tasks_seconds = 9e6;
                let mut lines = [table.heading(), table.verdicts(1000)].concat();
                lines.extend(table.verdicts(1));
                lines.extend(table.pools.iter().map(|pool| table.row(pool)));
                for line in lines {
                    assert!(line.len() <= 78, "{line}");
                }
            }
        }
    }

    #[test]
    fn bars_grow_as_far_as_the_gain_does() {
        let table = table(Kind::Compute, 8, &[(1, 0.8), (2, 0.4), (4, 0.4)]);
        let rows: Vec<_> = table.pools.iter().map(|pool| table.row(pool)).collect();
        let bars: Vec<_> = rows.iter().map(|row| row.matches('#').count()).collect();
        assert_eq!(bars, [14, 28, 28]);
        assert_eq!(
            rows[0],
            "      1   0.800 s   0.100 s      1.00      100 %  ##############"
        );
    }
}
