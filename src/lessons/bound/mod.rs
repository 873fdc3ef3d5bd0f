//! Compute-bound and IO-bound work: what more workers gain, measured on this machine.
//!
//! A pool is the oldest pattern with two queues: the parent puts tasks into one, workers take them
//! out, each as soon as it is free, and put what they found into the other. What to look at: where
//! the speed-up stops growing, for tasks that use the processor and for tasks that wait. What is
//! left out: tasks of different lengths, and tasks that do both.
//!
//! Read on in `pool.rs` (the parent's side of a pool), `worker.rs` (the workers' side) and
//! `task.rs` (what a task is). `table.rs` is what was measured, `verdicts.rs` what
//! follows from it.

mod answerer;
mod claims;
mod disk;
mod events;
mod notes;
mod pool;
mod table;
mod task;
#[cfg(test)]
mod tests;
mod verdicts;
mod worker;

use std::thread;

use anyhow::Result;
use clap::ValueEnum;
use serde::Serialize;

use super::{Lesson, Parts};
use crate::arguments::whole;
use crate::both;
use crate::events::Vocabulary;
use crate::multiprocessing::{AnyTarget, Context, Logs};
use claims::BoundJudge;
use notes::BoundNarrator;

use answerer::BoundAnswerer;
use disk::ScratchFile;
use events::BoundEvent;
use pool::Pool;
use table::{Table, TaskKind, WorkerKind};
use task::Work;
use verdicts::compare;
use worker::BoundWorker;

/// Measure what more workers gain, in compute-bound and IO-bound tasks
///
/// A pool of workers takes tasks from one queue and puts results into another. Each task takes
/// about 100 ms: a compute task counts primes; an IO task waits for a process that answers slowly,
/// and --speed shortens that wait; a disk task writes to a file in the temporary folder, waits
/// until the disk has it, and reads it back, block after block. In the column CPU, 100 % is one
/// core.
///
/// Rust and Python: Rust's threads have no GIL, and gain as its processes do.
#[derive(clap::Args, Serialize)]
#[command(before_help = "\
Examples:
  mp-demo bound                   compute and IO, with 1, 2, 4 and 8 processes
  mp-demo bound --with both       the same in threads, for comparison
  taskset -c 0 mp-demo bound      on one core
  mp-demo bound --kind disk       tasks that wait for a disk
  mp-demo bound --kind io --tasks 100 --workers 1,10,100")]
pub struct Args {
    /// What the tasks do
    #[arg(long, value_enum, default_value_t = Kinds::Both)]
    kind: Kinds,
    /// How many tasks each pool gets, 1 to 1000
    #[arg(long, value_name = "N", default_value = "8", value_parser = whole(1..=1000_u16))]
    tasks: u16,
    /// How many workers each pool has, 1 to 1000: a pool for each number
    #[arg(long, value_name = "N,...", default_value = "1,2,4,8", value_delimiter = ',',
        value_parser = whole(1..=1000_u16))]
    workers: Vec<u16>,
    /// What the workers are
    #[arg(long, value_enum, default_value_t = Withs::Processes)]
    with: Withs,
}

#[derive(Clone, Copy, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kinds {
    /// They count primes: they need the processor all the time
    Compute,
    /// They wait for bytes on a pipe: they hardly need the processor
    Io,
    /// They write to a file and wait until the disk has it
    Disk,
    /// First compute, then io
    Both,
    /// All three, one after another
    All,
}

#[derive(Clone, Copy, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum Withs {
    /// A process each
    Processes,
    /// A thread each, all in one process
    Threads,
    /// First the one, then the other
    Both,
}

impl Args {
    fn kinds(&self) -> &'static [TaskKind] {
        match self.kind {
            Kinds::Compute => &[TaskKind::Compute],
            Kinds::Io => &[TaskKind::Io],
            Kinds::Disk => &[TaskKind::Disk],
            Kinds::Both => &[TaskKind::Compute, TaskKind::Io],
            Kinds::All => &[TaskKind::Compute, TaskKind::Io, TaskKind::Disk],
        }
    }

    fn withs(&self) -> &'static [WorkerKind] {
        match self.with {
            Withs::Processes => &[WorkerKind::Processes],
            Withs::Threads => &[WorkerKind::Threads],
            Withs::Both => &[WorkerKind::Processes, WorkerKind::Threads],
        }
    }
}

impl Lesson for Args {
    fn run(&self, mp: &Context) -> Result<()> {
        // The cores that this program may use: `taskset` and a container's quota count.
        let cores = thread::available_parallelism().map_or(1, usize::from);
        // From few to many, so that the first row is what the others are compared with.
        let mut counts = self.workers.clone();
        counts.sort_unstable();
        counts.dedup();

        let pools = self.kinds().len() * self.withs().len() * counts.len();
        let (mut done, all) = (0, pools as u64 * u64::from(self.tasks));
        mp.progress(done, all)?;
        let mut tables = Vec::new();
        for &kind in self.kinds() {
            let work = Work::of(kind)?;
            let table = |&with| Table { kind, with, tasks: self.tasks, pools: Vec::new() };
            let mut of_this_kind: Vec<_> = self.withs().iter().map(table).collect();
            for &workers in &counts {
                // Processes and threads are measured in turns, so that other load on the machine
                // changes the figures of both.
                for table in &mut of_this_kind {
                    let pool = Pool { kind, with: table.with, workers, tasks: self.tasks, work };
                    let count = || {
                        done += 1;
                        mp.progress(done, all)
                    };
                    table.pools.push(pool.measure(count, mp)?);
                }
            }
            for table in of_this_kind {
                if !tables.is_empty() {
                    mp.say("")?;
                }
                show(&table, cores, mp)?;
                tables.push(table);
            }
        }
        if self.withs().contains(&WorkerKind::Threads) {
            mp.say("")?;
            for of_a_kind in tables.chunks(self.withs().len()) {
                if of_a_kind.iter().any(|table| table.disturbed(cores).is_some()) {
                    continue;
                }
                if let [processes, threads] = of_a_kind {
                    mp.say(compare(processes, threads))?;
                }
                if let Some(threads) = of_a_kind.last()
                    && let Some(line) = threads.compare_with_one()
                {
                    mp.say(line)?;
                }
            }
            mp.say(both!(
                "Rust's threads have no GIL. The same in Python, which usually has one:",
                "Rust 的线程没有 GIL。Python 通常有，可以这样对比："
            ))?;
            mp.say("  mp-demo show bound --python | python3 - fork")?;
        }
        Ok(())
    }
}

fn show(table: &Table, cores: usize, mp: &Context) -> Result<()> {
    table.heading().iter().try_for_each(|line| mp.say(line))?;
    for pool in &table.pools {
        mp.measured(table.figures(pool), table.line(pool))?;
    }
    table.verdicts(cores).iter().try_for_each(|line| mp.say(line))?;
    if table.kind == TaskKind::Disk && ScratchFile::create()?.is_in_memory()? {
        mp.say(both!(
            "The temporary folder is in memory (tmpfs), so these tasks waited for no disk.",
            "临时目录在内存里（tmpfs），所以这些任务等的不是磁盘。"
        ))?;
        mp.say(both!(
            "TMPDIR chooses another: TMPDIR=/var/tmp mp-demo bound --kind disk",
            "可以用 TMPDIR 指定另一个目录：TMPDIR=/var/tmp mp-demo bound --kind disk"
        ))?;
    }
    Ok(())
}

pub(super) const PARTS: Parts = Parts {
    events: Vocabulary::of::<BoundEvent>(),
    children: &[AnyTarget::of::<BoundWorker>(), AnyTarget::of::<BoundAnswerer>()],
    ..Parts::of::<BoundJudge, BoundNarrator>()
};
