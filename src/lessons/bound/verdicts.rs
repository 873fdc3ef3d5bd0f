//! What follows from a table. A verdict says nothing that the figures don't, as they are shown
//! there.

use super::table::{PoolFigures, Table, TaskKind, fastest_of};
use crate::both;
use crate::words::figures::count;

/// A gain that is smaller may be chance.
const CHANCE: f64 = 1.1;

/// Whether one figure is so much more than another that it can't be chance. Both count as they are
/// shown, with two decimals: to say "less than 10 %" beside 1.10 would be a contradiction.
fn is_no_chance(more: f64, less: f64) -> bool {
    let hundredths = |figure: f64| {
        let shown: f64 = format!("{figure:.2}").parse().unwrap_or(figure);
        (100.0 * shown).round()
    };
    // In whole numbers, because 1.1 is none that a processor has.
    10.0 * hundredths(more) >= 11.0 * hundredths(less)
}

impl Table {
    /// What follows on a machine that lets this program use this many cores.
    pub fn verdicts(&self, cores: usize) -> Vec<String> {
        let mut lines = vec![self.gain()];
        lines.extend(self.loss());
        lines.push(self.against_cores(cores));
        if self.kind == TaskKind::Compute {
            lines.extend(self.others_on_the_cores(cores));
            lines.extend(self.uneven_cores());
        }
        lines.extend(self.idle_workers());
        lines.extend(self.waited());
        lines
    }

    /// The pool with the fewest workers among those that are, but for chance, as fast as the
    /// fastest.
    fn knee(&self) -> &PoolFigures {
        let fastest = self.speed_up(self.fastest());
        let is_as_fast = |pool: &&PoolFigures| !is_no_chance(fastest, self.speed_up(pool));
        self.pools.iter().find(is_as_fast).unwrap_or(self.fastest())
    }

    fn gain(&self) -> String {
        let kind = self.kind.in_words();
        let knee = self.knee();
        let workers = self.workers(knee.workers);
        let speed_up = self.speed_up(knee);
        if self.pools.len() == 1 {
            both!(
                "{kind}: only {workers} measured, so nothing shows what others gain.",
                "{kind}：只测了 {workers}这一组，看不出增减的效果。"
            )
        } else if knee.workers == self.last().workers {
            both!(
                "{kind} gains up to {workers}, the most measured (speed-up {speed_up:.2}).",
                "{kind}：增加到最多的一组（{workers}）仍有收益（加速比 {speed_up:.2}）。"
            )
        } else if knee.workers == self.first().workers {
            both!(
                "{kind} gains nothing from more than {workers} (less than 10 %).",
                "{kind}：超过 {workers}后没有收益（不到 10%）。"
            )
        } else {
            both!(
                "{kind} gains up to {workers} (speed-up {speed_up:.2}); more gain less than 10 %.",
                "{kind}：增加到 {workers}为止都有收益（加速比 {speed_up:.2}），再增加则不到 10%。"
            )
        }
    }

    fn loss(&self) -> Option<String> {
        let (last, fastest) = (self.last(), self.fastest());
        let times = last.wall_seconds / fastest.wall_seconds;
        let (most, fewer) = (self.workers(last.workers), self.workers(fastest.workers));
        is_no_chance(times, 1.0).then(|| {
            both!(
                "{most} took {times:.2} times as long as {fewer}.",
                "{most}的用时是 {fewer}的 {times:.2} 倍。"
            )
        })
    }

    fn against_cores(&self, cores: usize) -> String {
        let knee = self.knee().workers;
        let workers = self.workers(knee);
        let knee = usize::from(knee);
        let in_english = count(cores, "core");
        let may_use = both!("This program may use {in_english}", "本程序能用 {cores} 个核心");
        if self.pools.len() == 1 {
            return both!("{may_use}.", "{may_use}。");
        }
        let first_with_all_cores =
            self.pools.iter().find(|pool| usize::from(pool.workers) >= cores);
        let is_first = first_with_all_cores.is_some_and(|pool| usize::from(pool.workers) == knee);
        if knee == cores && !self.computes() {
            both!(
                "{may_use}: no limit here, since waiting needs none.",
                "{may_use}，但等待不占核心，所以这里不受限制。"
            )
        } else if knee == cores {
            both!("{may_use}: one for each worker.", "{may_use}，正好够 {workers}用。")
        } else if first_with_all_cores.is_none() {
            both!(
                "{may_use}: there were never that many workers.",
                "{may_use}，测量的各组都没有这么多。"
            )
        } else if knee < cores {
            let most = self.pools.iter().map(PoolFigures::processor_percent);
            let had = (most.fold(0.0, f64::max) / 100.0).min(cores as f64);
            both!(
                "{may_use}; its workers had {had:.2} of them at most.",
                "{may_use}，这些任务最多用到 {had:.2} 个。"
            )
        } else if self.computes() && is_first {
            both!(
                "{may_use}: {workers} are the next number measured.",
                "{may_use}，而 {workers}是测量的下一组。"
            )
        } else {
            both!(
                "{may_use}: fewer than the {workers} it gains up to.",
                "{may_use}，而 {workers}仍有收益。"
            )
        }
    }

    /// Whether its tasks need a core rather than waiting. What a disk task does depends on the
    /// disk; with the fewest workers it waits least for a core that others have.
    fn computes(&self) -> bool {
        match self.kind {
            TaskKind::Compute => true,
            TaskKind::Io => false,
            TaskKind::Disk => self.first().processor_share() > 0.5,
        }
    }

    /// With a core for each worker, a task that computes has its core all the time. Where it
    /// doesn't, the figures say as much about other programs as about this one.
    fn others_on_the_cores(&self, cores: usize) -> Option<String> {
        let share = PoolFigures::processor_share;
        let with_a_core_each = self.pools.iter().filter(|pool| usize::from(pool.workers) <= cores);
        let worst = with_a_core_each.min_by(|a, b| share(a).total_cmp(&share(b)))?;
        let (workers, percent) = (self.workers(worst.workers), 100.0 * share(worst));
        (share(worst) * CHANCE < 1.0).then(|| {
            both!(
                "With {workers} a task had its core for {percent:.0} % of its time: others used \
                 it.",
                "{workers}时，任务只有 {percent:.0}% 的时间占用核心：别的程序也在用。"
            )
        })
    }

    /// The same work needs the same processor time. Where it didn't, the cores were not always
    /// equally fast: they change their clock rate, and two that share a unit slow each other down.
    fn uneven_cores(&self) -> Option<String> {
        let used = self.pools.iter().map(|pool| pool.processor_seconds);
        let (least, most) = (used.clone().fold(f64::INFINITY, f64::min), used.fold(0.0, f64::max));
        (most > CHANCE * least).then(|| {
            both!(
                "The tasks used {least:.2} to {most:.2} s of processor time: the cores' speed \
                 varied.",
                "各组的任务用了 {least:.2} 到 {most:.2} 秒 CPU 时间：核心的速度有变化。"
            )
        })
    }

    fn idle_workers(&self) -> Option<String> {
        let most = self.last().workers;
        let idle = most.checked_sub(self.tasks).filter(|idle| *idle > 0)?;
        let tasks = self.tasks;
        let (in_english, workers) = (count(tasks, "task"), self.workers(most));
        Some(both!(
            "With {in_english}, at least {idle} of {most} workers had nothing to do.",
            "任务只有 {tasks} 个，{workers}里至少有 {idle} 个无事可做。"
        ))
    }

    /// How much of their time its tasks waited, where they are meant to. An IO task waits as long
    /// whoever else is there; a disk task may have to wait for a core, too, and least so with the
    /// fewest workers.
    fn waited(&self) -> Option<String> {
        let percent = |used: f64| (100.0 * (1.0 - used)).max(0.0);
        match self.kind {
            TaskKind::Compute => None,
            TaskKind::Io => {
                let sum =
                    |seconds: fn(&PoolFigures) -> f64| self.pools.iter().map(seconds).sum::<f64>();
                let used = sum(|pool| pool.processor_seconds) / sum(|pool| pool.tasks_seconds);
                let percent = percent(used);
                Some(both!(
                    "An IO worker waited {percent:.1} % of its tasks' time.",
                    "IO 任务有 {percent:.1}% 的时间在等待。"
                ))
            }
            TaskKind::Disk => {
                let workers = self.workers(self.first().workers);
                let percent = percent(self.first().processor_share());
                Some(both!(
                    "With {workers}, a disk task waited {percent:.1} % of its time.",
                    "{workers}时，磁盘任务有 {percent:.1}% 的时间在等待。"
                ))
            }
        }
    }

    /// How several threads that compute did, compared with one: whether they have to take turns, as
    /// under a GIL.
    pub fn compare_with_one(&self) -> Option<String> {
        let (one, others) = self.pools.split_first()?;
        let several =
            fastest_of(others).filter(|_| self.kind == TaskKind::Compute && one.workers == 1)?;
        let (kind, workers) = (self.kind.in_words(), several.workers);
        let times = several.wall_seconds / one.wall_seconds;
        Some(both!(
            "{kind}: {workers} threads took {times:.2} times as long as one thread.",
            "{kind}：{workers} 个线程的用时是单线程的 {times:.2} 倍。"
        ))
    }
}

/// How threads did, compared with processes, each with the number of workers that suited them best.
pub fn compare(processes: &Table, threads: &Table) -> String {
    let times = threads.fastest().wall_seconds / processes.fastest().wall_seconds;
    let gained = if is_no_chance(times, 1.0) {
        both!("less", "较小")
    } else if is_no_chance(1.0, times) {
        both!("more", "较大")
    } else {
        both!("as much", "相当")
    };
    let kind = processes.kind.in_words();
    both!(
        "{kind}: threads took {times:.2} times as long as processes; they gained {gained}.",
        "{kind}：多线程的用时是多进程的 {times:.2} 倍，收益{gained}。"
    )
}
