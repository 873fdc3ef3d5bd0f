//! What a task is, and what a worker needs to do it.

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Result, bail};
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::answerer::Answerer;
use super::disk::ScratchFile;
use super::table::TaskKind;
use crate::events::{Call, Log, sentence};
use crate::multiprocessing::{Context, Logs};

const TASK_SECONDS: f64 = 0.1;

/// A task, as it goes through the queue.
#[derive(Serialize, Deserialize)]
pub struct Task {
    /// The task's number, from 1.
    pub task: u16,
    pub work: Work,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// Count the primes among this many numbers.
    CountPrimes(u32),
    /// Ask for an answer that takes this many seconds, and wait for it.
    AwaitAnswer(f64),
    /// Write this many blocks to a disk, and read them back.
    WriteBlocks(u32),
}

impl Work {
    /// The work of a task of this kind that takes about 100 ms on this machine.
    pub fn of(kind: TaskKind) -> Result<Work> {
        match kind {
            TaskKind::Compute => {
                // Processor time, since another process may have the processor for a part of the
                // wall time.
                let seconds_to_count = |numbers| {
                    let before = processor_seconds();
                    black_box(count_primes(numbers));
                    Ok(processor_seconds() - before)
                };
                calibrate(seconds_to_count).map(Work::CountPrimes)
            }
            TaskKind::Io => Ok(Work::AwaitAnswer(TASK_SECONDS)),
            TaskKind::Disk => {
                let file = ScratchFile::create()?;
                let seconds_to_write = |blocks| {
                    let start = Instant::now();
                    file.write_and_read_back(blocks)?;
                    Ok(start.elapsed().as_secs_f64())
                };
                calibrate(seconds_to_write).map(Work::WriteBlocks)
            }
        }
    }

    pub fn kind(self) -> TaskKind {
        match self {
            Work::CountPrimes(_) => TaskKind::Compute,
            Work::AwaitAnswer(_) => TaskKind::Io,
            Work::WriteBlocks(_) => TaskKind::Disk,
        }
    }
}

/// The amount of work that fills the time of a task, where `seconds_for` measures an amount.
fn calibrate(seconds_for: impl Fn(u32) -> Result<f64>) -> Result<u32> {
    let mut amount: u32 = 1;
    loop {
        // The fastest of three: a processor just woken up is slow, a disk may have others to serve.
        let mut fastest = f64::INFINITY;
        for _ in 0..3 {
            fastest = fastest.min(seconds_for(amount)?);
        }
        if fastest > 0.008 {
            let amount = f64::from(amount) * TASK_SECONDS / fastest;
            return Ok((amount as u32).max(1));
        }
        amount = amount.saturating_mul(2);
    }
}

/// Counts the primes among so many numbers from a thousand million on, where each number takes
/// about as long as the next. There are faster ways; this one is there to keep a processor busy.
#[inline(never)]
fn count_primes(numbers: u32) -> usize {
    const FIRST: u64 = 1_000_000_000;
    let is_prime = |n: &u64| (2..).take_while(|d| d * d <= *n).all(|d| !n.is_multiple_of(d));
    (FIRST..FIRST + u64::from(numbers)).filter(is_prime).count()
}

/// What a worker needs for its tasks besides a core.
pub enum Aid {
    Nothing,
    Answerer(Box<Answerer>),
    File(ScratchFile),
}

/// The answer of a task, and the time that it took.
#[derive(Serialize, Deserialize)]
pub struct Done {
    /// The answer, which should be the same for all tasks of a kind.
    pub answer: Value,
    pub seconds: f64,
    /// The processor time of the task.
    pub processor_seconds: f64,
}

impl Aid {
    /// What a worker needs for this kind of tasks. An answerer gets the role.
    pub fn of(kind: TaskKind, role: &str, context: &Context) -> Result<Aid> {
        Ok(match kind {
            TaskKind::Compute => Aid::Nothing,
            TaskKind::Io => Aid::Answerer(Box::new(Answerer::start(role, context)?)),
            TaskKind::Disk => Aid::File(ScratchFile::create()?),
        })
    }

    /// Does this work, and looks at the clocks.
    pub fn measure(&mut self, work: Work, log: &Log) -> Result<Done> {
        let start = Instant::now();
        let processor_before = processor_seconds();
        let answer = self.apply(work, log)?;
        let used = processor_seconds() - processor_before;
        let seconds = start.elapsed().as_secs_f64();
        // These are two clocks, which may differ by some microseconds; but no thread has more than
        // one core at a time.
        Ok(Done { answer, seconds, processor_seconds: used.clamp(0.0, seconds) })
    }

    fn apply(&mut self, work: Work, log: &Log) -> Result<Value> {
        match (self, work) {
            (_, Work::CountPrimes(numbers)) => Ok(count_primes(numbers).into()),
            (Aid::Answerer(answerer), Work::AwaitAnswer(seconds)) => {
                log.waits(Call::Recv, "pipe")?;
                answerer.ask(seconds)
            }
            (Aid::File(file), Work::WriteBlocks(blocks)) => {
                file.write_and_read_back(blocks)?;
                Ok(blocks.into())
            }
            (_, Work::AwaitAnswer(_) | Work::WriteBlocks(_)) => {
                let kind: &str = work.kind().into();
                bail!(sentence!(
                    "this worker can't do such a task; start it with --kind {kind}",
                    "这个工作进程做不了这种任务；请用 --kind {kind} 启动"
                ))
            }
        }
    }
}

/// The processor time that this thread has used. Why not ask for that of all children in the
/// parent? It would count their starts too, and the answerers, and only once all were joined.
fn processor_seconds() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
