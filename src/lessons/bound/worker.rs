//! The workers' side of a pool, and what a task is.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow, bail};
use nix::sys::resource::{UsageWho, getrusage};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::numbered;
use crate::events::{Call, Event, Log};
use crate::multiprocessing::{
    Connection, Context, CurrentProcess, GetEnd, Got, PartnerGone, PipeConnection, PutEnd,
    StdinGetEnd, pipe,
};
use crate::report::pools::Kind;

/// How long a task should take.
const TASK_SECONDS: f64 = 0.1;

/// What there is to do in a task.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// Count the primes among this many numbers.
    CountPrimes(u32),
    /// Ask for an answer that takes this many seconds, and wait for it.
    AwaitAnswer(f64),
}

/// A task, as it goes through the queue.
#[derive(Serialize, Deserialize)]
pub struct Task {
    /// Its number, from 1.
    pub task: u16,
    /// What there is to do.
    pub work: Work,
}

/// What a worker tells its parent.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromWorker {
    /// It can begin.
    Ready,
    /// It has done a task.
    Done {
        /// What the task found.
        answer: Value,
        /// How long it took.
        seconds: f64,
        /// The processor time that the worker used since its last report.
        processor_seconds: f64,
    },
}

impl Work {
    /// The work of an IO task.
    pub const IO: Work = Work::AwaitAnswer(TASK_SECONDS);

    fn kind(self) -> Kind {
        match self {
            Work::CountPrimes(_) => Kind::Compute,
            Work::AwaitAnswer(_) => Kind::Io,
        }
    }
}

/// Finds out how much computing takes about 100 ms on this machine: a few tens of milliseconds of trying.
///
/// # Errors
/// When the system doesn't tell the processor time.
pub fn calibrate() -> Result<Work> {
    let mut numbers = 250;
    loop {
        // Processor time, because somebody else may have the processor for a part of the wall time; and the
        // fastest of three, because a processor just woken up is slow.
        let mut fastest = f64::INFINITY;
        for _ in 0..3 {
            let before = processor_seconds()?;
            count_primes(numbers);
            fastest = fastest.min(processor_seconds()? - before);
        }
        if fastest > 0.008 {
            let numbers = f64::from(numbers) * TASK_SECONDS / fastest;
            return Ok(Work::CountPrimes(numbers as u32));
        }
        numbers *= 2;
    }
}

/// Counts the primes among so many numbers from a thousand million on, where each number takes about as long as
/// the next. There are faster ways; this one is there to keep a processor busy.
#[inline(never)]
fn count_primes(numbers: u32) -> usize {
    const FIRST: u64 = 1_000_000_000;
    let is_prime = |n: &u64| {
        (2..)
            .take_while(|d| d * d <= *n)
            .all(|d| !n.is_multiple_of(d))
    };
    (FIRST..FIRST + u64::from(numbers)).filter(is_prime).count()
}

/// A worker that is a process.
pub fn process(kind: Kind, number: Option<u16>, mut process: CurrentProcess) -> Result<()> {
    let context = process.context()?;
    let role = number.map_or("answerer".into(), |number| format!("answerer-{number}"));
    let worked = start_answerer(kind, &role, &context).and_then(|answerer| {
        let tasks = Mutex::new(GetEnd::stdin());
        work(answerer, &tasks, process.log(), &AtomicBool::new(false))
    });
    end(context, worked)
}

/// A process whose threads are workers.
pub fn threads(kind: Kind, threads: u16, mut process: CurrentProcess) -> Result<()> {
    let context = process.context()?;
    // Started here and not in the threads: the kernel would end a child together with the thread that started it.
    let answerers: Result<Vec<_>> = (1..=threads)
        .map(|number| start_answerer(kind, &numbered("answerer", number, threads), &context))
        .collect();
    let worked = answerers.and_then(|answerers| work_in_threads(answerers, process.log()));
    end(context, worked)
}

/// A thread for each answerer, or for each place where one could be.
fn work_in_threads(answerers: Vec<Option<PipeConnection>>, log: &Log) -> Result<()> {
    let has_failed = AtomicBool::new(false);
    let tasks = Mutex::new(GetEnd::stdin());
    thread::scope(|scope| {
        let mut workers = Vec::new();
        for (number, answerer) in (1..).zip(answerers) {
            let name = format!("worker-{number}");
            let log = log.in_thread(name.clone());
            let (has_failed, tasks) = (&has_failed, &tasks);
            let worker = thread::Builder::new()
                .name(name)
                .spawn_scoped(scope, move || {
                    let worked = work(answerer, tasks, &log, has_failed);
                    has_failed.fetch_or(worked.is_err(), Ordering::Relaxed);
                    worked
                })
                .context("cannot start a thread; ask for fewer workers")?;
            workers.push(worker);
        }
        log.write(Event::Wait { call: Call::Join })?;
        // Wait for all, then judge.
        let worked: Vec<_> = workers.into_iter().map(|worker| worker.join()).collect();
        worked
            .into_iter()
            .try_for_each(|worked| worked.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

/// Joins the answerers. Their pipes are closed by now, so they end. When one was killed, its end explains why its
/// worker could not go on.
fn end(context: Context, worked: Result<()>) -> Result<()> {
    context.finish(Ok(())).into_result(&HashMap::new())?;
    worked
}

/// Takes tasks and does them, until there are no more.
fn work(
    mut answerer: Option<PipeConnection>,
    tasks: &Mutex<StdinGetEnd>,
    log: &Log,
    has_failed: &AtomicBool,
) -> Result<()> {
    let mut results = PutEnd::stdout();
    results.put(&serde_json::to_value(FromWorker::Ready)?)?;
    let mut processor_before = processor_seconds()?;
    // A measurement without one of the workers is worth nothing.
    while !has_failed.load(Ordering::Relaxed) {
        log.write(Event::Wait { call: Call::Get })?;
        // The lock is held for this statement only: threads wait for it in turn. Between processes there is none: see
        // `src/multiprocessing/queue.rs`.
        let got = tasks.lock().unwrap_or_else(PoisonError::into_inner).get()?;
        let Got::Value(task) = got else {
            break;
        };
        let Task { task, work } = serde_json::from_value(task).context("a task is no task")?;
        let kind = work.kind().into();

        log.write(Event::TaskStart { task, kind })?;
        let start = Instant::now();
        let answer = match work {
            Work::CountPrimes(numbers) => count_primes(numbers).into(),
            Work::AwaitAnswer(seconds) => {
                let answerer = answerer.as_mut().ok_or_else(|| {
                    anyhow!("this worker has no answerer; start it with --kind io")
                })?;
                log.write(Event::Wait { call: Call::Recv })?;
                ask(answerer, seconds)?
            }
        };
        let seconds = start.elapsed().as_secs_f64();
        let processor_now = processor_seconds()?;
        let processor_seconds = processor_now - processor_before;
        processor_before = processor_now;
        log.write(Event::TaskDone {
            task,
            kind,
            seconds,
            processor_seconds,
        })?;
        let report = FromWorker::Done {
            answer,
            seconds,
            processor_seconds,
        };
        results.put(&serde_json::to_value(report)?)?;
    }
    Ok(())
}

/// The processor time that this thread has used. Why not ask for that of all children in the parent
/// (RUSAGE_CHILDREN)? It would count their starts too, and the answerers, and only once all were joined.
fn processor_seconds() -> Result<f64> {
    let usage = getrusage(UsageWho::RUSAGE_THREAD).context("cannot read the processor time")?;
    let seconds = [usage.user_time(), usage.system_time()]
        .map(|time| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6);
    Ok(seconds.iter().sum())
}

/// Starts the process that an IO worker waits for, and sees that it answers. It stands for a disk, or for another
/// machine: somebody else who takes his time, and needs none of this worker's.
fn start_answerer(kind: Kind, role: &str, context: &Context) -> Result<Option<PipeConnection>> {
    if kind == Kind::Compute {
        return Ok(None);
    }
    let (mut connection, answerers_end) =
        pipe(true).context("ask for fewer workers, or raise the limit (`ulimit -n`)")?;
    context
        .process(role, "bound-answerer")
        .connection(answerers_end)
        .start()?;
    ask(&mut connection, 0.0)?;
    Ok(Some(connection))
}

fn ask(answerer: &mut PipeConnection, seconds: f64) -> Result<Value> {
    answerer.send(&json!(seconds))?;
    // Here the worker waits: it is not even among the processes that the kernel would run.
    answerer.recv()
}

/// The answering process: slow, but not because it had to compute.
pub fn answerer(process: &CurrentProcess) -> Result<()> {
    let mut connection = Connection::stdio(true);
    loop {
        process.log().write(Event::Wait { call: Call::Recv })?;
        let request = match connection.recv() {
            // Python's `except EOFError`: the worker has closed its end, so there are no more requests.
            Err(error) if error.is::<PartnerGone>() => return Ok(()),
            request => request?,
        };
        match request.as_f64().filter(|seconds| *seconds >= 0.0) {
            Some(seconds) => process.sleep(seconds)?,
            None => bail!("a request is a number of seconds, not {request}"),
        }
        connection.send(&request)?;
    }
}
