//! The verdicts on a table. They go by the figures as these are shown.

use std::cmp::Ordering;

use super::table::{PoolFigures, Table, TaskKind, fastest_of};
use crate::both;
use crate::words::figures::count;

/// Whether one figure is so much more than another that it can't be chance. Both are rounded as
/// they are shown, to two decimals: "less than 10 %" beside 1.10 would be a contradiction.
fn is_no_chance(more: f64, less: f64) -> bool {
    let hundredths = |figure: f64| {
        let shown: f64 = format!("{figure:.2}").parse().unwrap_or(figure);
        (100.0 * shown).round()
    };
    // In whole numbers, because 1.1 has no exact binary form.
    10.0 * hundredths(more) >= 11.0 * hundredths(less)
}

impl Table {
    /// The verdicts, for a machine that lets this program use this many cores.
    pub fn verdicts(&self, cores: usize) -> Vec<String> {
        if let Some(pool) = self.disturbed(cores) {
            let (workers, might) = (self.workers(pool.workers), self.possible_share(pool, cores));
            let (had, might) = (100.0 * pool.processor_share(), 100.0 * might);
            return vec![
                both!(
                    "Other programs (or a quota) were in the way, so these figures say little.",
                    "其他程序占用了核心（或者受配额限制），所以这些数字说明不了什么。"
                ),
                both!(
                    "With {workers}, a task had a core for {had:.1} % of its time, not \
                     {might:.1} %.",
                    "{workers}时，任务只有 {had:.1}% 的时间占有核心，本来可以有 {might:.1}%。"
                ),
            ];
        }
        let mut lines = vec![self.gain()];
        lines.extend(self.loss());
        lines.push(self.against_cores(cores));
        lines.extend(self.waited());
        lines
    }

    /// Whether the most workers are a fifth faster than the fewest; nothing where that can't be
    /// told, since there is one pool only, or other programs were in the way: these may take a
    /// tenth of the cores before that is noticed.
    pub(super) fn is_faster_with_most(&self, cores: usize) -> Option<bool> {
        let is_told = self.pools.len() > 1 && self.disturbed(cores).is_none();
        is_told.then(|| self.speed_up(self.last()) >= 1.2)
    }

    /// The pool whose tasks got the smallest share of the processor time that was theirs to have,
    /// if a tenth of it or more is missing. Only compute-bound tasks show that.
    pub fn disturbed(&self, cores: usize) -> Option<&PoolFigures> {
        let share = |pool: &PoolFigures| pool.processor_share() / self.possible_share(pool, cores);
        let pools = self.pools.iter().filter(|_| self.kind == TaskKind::Compute);
        let worst = pools.min_by(|a, b| share(a).total_cmp(&share(b)));
        worst.filter(|pool| share(pool) < 0.9)
    }

    /// The share of its time for which a task has a core if no other program uses the cores.
    fn possible_share(&self, pool: &PoolFigures, cores: usize) -> f64 {
        let at_once = pool.workers.min(self.tasks);
        (cores as f64 / f64::from(at_once)).min(1.0)
    }

    /// The pool with the fewest workers that is, but for chance, as fast as the fastest.
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
                "{kind} gains up to {workers}, the most that was tried (speed-up {speed_up:.2}).",
                "{kind}：一直增加到最多的一组（{workers}）仍有收益（加速比 {speed_up:.2}）。"
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
        let in_english = count(cores, "core");
        let may_use = both!("This program may use {in_english}", "本程序能用 {cores} 个核心");
        let in_between = cores..usize::from(knee);
        let was_measured = |pool: &PoolFigures| in_between.contains(&usize::from(pool.workers));
        match usize::from(knee).cmp(&cores) {
            _ if self.pools.len() == 1 => both!("{may_use}.", "{may_use}。"),
            Ordering::Equal if self.computes() => {
                both!("{may_use}: one for each worker.", "{may_use}，正好够 {workers}用。")
            }
            Ordering::Equal => both!(
                "{may_use}: no limit here, since waiting needs none.",
                "{may_use}，但等待不占核心，所以这里不受限制。"
            ),
            Ordering::Less => {
                let most = self.pools.iter().map(PoolFigures::processor_percent);
                let had = (most.fold(0.0, f64::max) / 100.0).min(cores as f64);
                both!(
                    "{may_use}; its workers kept {had:.2} cores busy at most.",
                    "{may_use}，这些任务最多用满 {had:.2} 个核心。"
                )
            }
            Ordering::Greater if self.computes() && !self.pools.iter().any(was_measured) => both!(
                "{may_use}: {workers} are the next number measured.",
                "{may_use}，而 {workers}是测量的下一组。"
            ),
            Ordering::Greater => {
                both!("{may_use}, and {workers} still help.", "{may_use}，而 {workers}仍有收益。")
            }
        }
    }

    /// Whether the table's tasks need a core rather than waiting. What a disk task does depends on
    /// the disk; with the fewest workers it waits least for a core that others have.
    fn computes(&self) -> bool {
        match self.kind {
            TaskKind::Compute => true,
            TaskKind::Io => false,
            TaskKind::Disk => self.first().processor_share() > 0.5,
        }
    }

    /// The share of the tasks' time that was waiting, for tasks that are meant to wait. A disk task
    /// may have to wait for a core, too, and least so with the fewest workers.
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

    /// How several threads that compute did, compared with one: they take turns under a GIL.
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
