//! Compute-bound and IO-bound work: what more workers gain, measured on this machine.
//!
//! A pool is the oldest pattern with two queues: the parent puts tasks into one, workers take them out, each as soon as
//! it is free, and put what they found into the other. What to look at: where the table stops growing, for tasks that
//! use the processor and for tasks that wait. What is left out: tasks of different lengths, and tasks that do both.
//!
//! Read on in `pool.rs` (the parent's side of a pool) and `worker.rs` (the workers' side, and what a task is). What is
//! made of the figures is in `src/report/pools/`.
//!
//! Nothing is printed here: what happens is written to the log, and each line to print stands in its event.

mod pool;
mod worker;

use std::thread;

use anyhow::Result;
use clap::ValueEnum;
use serde::Serialize;

use crate::arguments::one_to_thousand;
use crate::events::{Event, Log};
use crate::multiprocessing::{Context, CurrentProcess};
use crate::report::pools::{Kind, Table, With, compare};

use pool::{Pool, Steps};
use worker::{Work, calibrate};

/// Measure what more workers gain, in compute-bound and IO-bound tasks
///
/// A pool of workers takes tasks from one queue and puts results into another. A compute task counts primes for
/// about 100 ms; an IO task waits about 100 ms for a process that answers slowly. Of processor use, 100 % is one core.
///
/// Rust and Python: Rust's threads have no GIL, and gain as its processes do.
#[derive(clap::Args, Serialize)]
#[command(before_help = "\
Examples:
  mp-demo bound                   both kinds, with 1, 2, 4 and 8 processes
  mp-demo bound --with both       the same in threads, for comparison
  taskset -c 0 mp-demo bound      on one core
  mp-demo bound --kind io --tasks 100 --workers 1,10,100")]
pub struct Args {
    /// What the tasks do
    #[arg(long, value_enum, default_value_t = Kinds::Both)]
    kind: Kinds,

    /// How many tasks each pool gets, 1 to 1000
    #[arg(long, value_name = "N", default_value = "8", value_parser = one_to_thousand, allow_negative_numbers = true)]
    tasks: u16,

    /// How many workers each pool has, 1 to 1000: a pool for each number
    #[arg(
        long,
        value_name = "N,...",
        default_value = "1,2,4,8",
        value_delimiter = ',',
        value_parser = one_to_thousand,
        allow_negative_numbers = true
    )]
    workers: Vec<u16>,

    /// What the workers are
    #[arg(long, value_enum, default_value_t = Withs::Processes)]
    with: Withs,
}

/// What the tasks do.
#[derive(Clone, Copy, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kinds {
    /// They count primes: they need the processor all the time
    Compute,
    /// They wait for bytes on a pipe: they hardly need the processor
    Io,
    /// First the one, then the other
    Both,
}

/// What the workers are.
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
    /// No two of these options are in each other's way.
    pub(super) fn check(&self) -> Result<()> {
        Ok(())
    }

    fn kinds(&self) -> &'static [Kind] {
        match self.kind {
            Kinds::Compute => &[Kind::Compute],
            Kinds::Io => &[Kind::Io],
            Kinds::Both => &[Kind::Compute, Kind::Io],
        }
    }

    fn withs(&self) -> &'static [With] {
        match self.with {
            Withs::Processes => &[With::Processes],
            Withs::Threads => &[With::Threads],
            Withs::Both => &[With::Processes, With::Threads],
        }
    }
}

/// The parent's half.
pub(super) fn parent(args: &Args, context: &Context) -> Result<()> {
    let log = context.log();
    let say = |line: String| log.write(Event::Say { line });

    // The cores that this *program may use*, not those that the machine has: `taskset` and a container's quota count.
    let cores = thread::available_parallelism().map_or(1, usize::from);
    // From few to many, so that the first row is what the others are compared with.
    let mut counts = args.workers.clone();
    counts.sort_unstable();
    counts.dedup();

    let pools = args.kinds().len() * args.withs().len() * counts.len();
    let mut steps = Steps::begin(pools as u64 * u64::from(args.tasks), log)?;
    let mut tables = Vec::new();
    for &kind in args.kinds() {
        let work = match kind {
            Kind::Compute => calibrate()?,
            Kind::Io => Work::IO,
        };
        let mut of_this_kind: Vec<_> = args
            .withs()
            .iter()
            .map(|&with| Table::new(kind, with, args.tasks))
            .collect();
        for &workers in &counts {
            // In turns: what else the machine is doing changes, and should change the figures of both.
            for table in &mut of_this_kind {
                let pool = Pool::new(kind, table.with, workers, args.tasks, work);
                table.pools.push(pool.measure(&mut steps, context)?);
            }
        }
        for table in of_this_kind {
            if !tables.is_empty() {
                say("".into())?;
            }
            show(&table, cores, log)?;
            tables.push(table);
        }
    }
    if args.withs().contains(&With::Threads) {
        say("".into())?;
        for of_a_kind in tables.chunks(args.withs().len()) {
            if let [processes, threads] = of_a_kind {
                say(compare(processes, threads))?;
            }
        }
        say("Rust's threads have no GIL. Python's: python3 demos/bound/program.py".into())?;
    }
    Ok(())
}

fn show(table: &Table, cores: usize, log: &Log) -> Result<()> {
    for line in table.heading() {
        log.write(Event::Say { line })?;
    }
    for pool in &table.pools {
        let (figures, line) = (table.figures(pool), table.line(pool));
        log.write(Event::Measured { figures, line })?;
    }
    for line in table.verdicts(cores) {
        log.write(Event::Say { line })?;
    }
    Ok(())
}

/// The children's halves.
#[derive(clap::Subcommand)]
pub enum Child {
    /// Worker of the `bound` lesson: tasks from the queue on stdin, results to the queue on stdout
    BoundWorker {
        /// What the tasks do
        #[arg(long, value_enum, default_value_t = Kind::Compute)]
        kind: Kind,
        /// Its number, where several workers are processes
        #[arg(long, value_name = "N")]
        number: Option<u16>,
        /// Work in this many threads
        #[arg(long, value_name = "N", value_parser = one_to_thousand)]
        threads: Option<u16>,
    },
    /// Answerer of the `bound` lesson: a request is the seconds to the answer, which is the request again
    BoundAnswerer,
}

impl Child {
    pub(super) fn target(&self) -> &'static str {
        match self {
            Child::BoundWorker { .. } => "bound-worker",
            Child::BoundAnswerer => "bound-answerer",
        }
    }

    pub(super) fn play(self, process: CurrentProcess) -> Result<()> {
        match self {
            Child::BoundWorker {
                kind,
                number,
                threads: None,
            } => worker::process(kind, number, process),
            Child::BoundWorker {
                kind,
                threads: Some(threads),
                ..
            } => worker::threads(kind, threads, process),
            Child::BoundAnswerer => worker::answerer(&process),
        }
    }
}
