//! What follows from a table. A verdict says nothing that the figures don't.

use super::super::text::count;
use super::table::{Kind, PoolFigures, Table};

/// A gain that is smaller may be chance.
const CHANCE: f64 = 1.1;

impl Table {
    /// What follows on a machine that lets this program use this many cores.
    pub fn verdicts(&self, cores: usize) -> Vec<String> {
        let mut lines = vec![self.gain()];
        lines.extend(self.loss());
        lines.push(self.against_cores(cores));
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

    /// The pool with the fewest workers among those that are, but for chance, as fast as the fastest.
    fn knee(&self) -> &PoolFigures {
        let limit = self.fastest().wall_seconds * CHANCE;
        let is_as_fast = |pool: &&PoolFigures| pool.wall_seconds <= limit;
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

    fn against_cores(&self, cores: usize) -> String {
        let knee = usize::from(self.knee().workers);
        let may_use = format!("This program may use {}", count(cores, "core"));
        if self.pools.len() == 1 {
            return format!("{may_use}.");
        }
        let first_with_all_cores = self
            .pools
            .iter()
            .find(|pool| usize::from(pool.workers) >= cores);
        let is_first = first_with_all_cores.is_some_and(|pool| usize::from(pool.workers) == knee);
        let workers = count(knee, "worker");
        if knee == cores && self.kind == Kind::Io {
            format!("{may_use}: no limit here, since waiting needs none.")
        } else if knee == cores {
            format!("{may_use}: one for each worker.")
        } else if first_with_all_cores.is_none() {
            format!("{may_use}: there were never that many workers.")
        } else if knee < cores {
            let most = self.pools.iter().map(PoolFigures::processor_percent);
            let had = most.fold(0.0, f64::max) / 100.0;
            format!("{may_use}; its workers had {had:.2} of them at most.")
        } else if self.kind == Kind::Compute && is_first {
            format!("{may_use}: {workers} are the next number measured.")
        } else {
            format!("{may_use}: fewer than the {workers} it gains up to.")
        }
    }

    /// With a core for each worker, a task that computes has its core all the time. Where it doesn't, the figures say
    /// as much about other programs as about this one.
    fn others_on_the_cores(&self, cores: usize) -> Option<String> {
        let share = |pool: &PoolFigures| pool.processor_seconds / pool.tasks_seconds;
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

    /// The same work needs the same processor time. Where it didn't, the cores were not always equally fast: they change
    /// their clock rate, and two that share a unit slow each other down.
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
        let sum = |seconds: fn(&PoolFigures) -> f64| self.pools.iter().map(seconds).sum::<f64>();
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
