//! The workers' side of a pool, and what a task is.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow, bail};
use nix::sys::resource::{UsageWho, getrusage};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::arguments::one_to_thousand;
use crate::both;
use crate::events::{Call, Event, Log};
use crate::multiprocessing::{
    Connection, Context, CurrentProcess, GetEnd, Got, Logs, PartnerGone, PutEnd, Target,
    numbered,
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

/// Worker of the `bound` lesson: tasks from the queue on stdin, results to the queue on stdout
#[derive(clap::Args, Serialize)]
pub struct BoundWorker {
    /// What the tasks do
    #[arg(long, value_enum, default_value_t = Kind::Compute)]
    pub kind: Kind,
    /// Its number, where several workers are processes
    #[arg(long, value_name = "N")]
    pub number: Option<u16>,
    /// Work in this many threads
    #[arg(long, value_name = "N", value_parser = one_to_thousand)]
    pub threads: Option<u16>,
}

impl Target for BoundWorker {
    const NAME: &'static str = "bound-worker";

    fn run(self, mut process: CurrentProcess) -> Result<()> {
        let context = process.context()?;
        let worked = match self.threads {
            None => {
                let number = self.number.map(|number| format!("-{number}"));
                let role = format!("answerer{}", number.unwrap_or_default());
                start_answerer(self.kind, &role, &context).and_then(|answerer| {
                    let tasks = Mutex::new(process.get_end().silent());
                    let results = process.put_end().silent();
                    work(answerer, &tasks, results, process.log(), &AtomicBool::new(false))
                })
            }
            // Started here and not in the threads: the kernel would end a child together with the thread that started it.
            Some(threads) => (1..=threads)
                .map(|number| {
                    let role = numbered("answerer", number, threads);
                    start_answerer(self.kind, &role, &context)
                })
                .collect::<Result<Vec<_>>>()
                .and_then(|answerers| work_in_threads(answerers, &process)),
        };
        // Joins the answerers. Their pipes are closed by now, so they end. When one was killed, its end explains why its
        // worker could not go on.
        context.finish(Ok(())).into_result()?;
        worked
    }
}

/// A thread for each answerer, or for each place where one could be.
fn work_in_threads(answerers: Vec<Option<Connection>>, process: &CurrentProcess) -> Result<()> {
    let has_failed = AtomicBool::new(false);
    let (tasks, log) = (Mutex::new(process.get_end().silent()), process.log());
    thread::scope(|scope| {
        // Nobody takes a task before all are there. If one can't be started, the others end at once; a thread that
        // already waited for a task could not be told.
        let not_yet = tasks.lock();
        let mut workers = Vec::new();
        for (number, answerer) in (1..).zip(answerers) {
            let name = format!("worker-{number}");
            let log = log.in_thread(name.clone());
            let (has_failed, tasks) = (&has_failed, &tasks);
            let results = process.put_end().silent();
            let worker = thread::Builder::new()
                .name(name)
                .spawn_scoped(scope, move || {
                    let worked = work(answerer, tasks, results, &log, has_failed);
                    has_failed.fetch_or(worked.is_err(), Ordering::Relaxed);
                    worked
                })
                .with_context(|| both!(
                    "cannot start thread {number}; ask for fewer workers, or raise the limit (`ulimit -u`, `ulimit -v`)",
                    "无法启动线程 {number}；请减少 worker，或者提高限制（`ulimit -u`、`ulimit -v`）"
                ));
            has_failed.fetch_or(worker.is_err(), Ordering::Relaxed);
            workers.push(worker?);
        }
        drop(not_yet);
        log.happened(Event::Wait {
            call: Call::Join,
            on: None,
        })?;
        // Wait for all, then judge.
        let worked: Vec<_> = workers.into_iter().map(|worker| worker.join()).collect();
        worked
            .into_iter()
            .try_for_each(|worked| worked.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

/// Takes tasks and does them, until there are no more.
fn work(
    mut answerer: Option<Connection>,
    tasks: &Mutex<GetEnd>,
    mut results: PutEnd,
    log: &Log,
    has_failed: &AtomicBool,
) -> Result<()> {
    results.put(&serde_json::to_value(FromWorker::Ready)?)?;
    let mut processor_before = processor_seconds()?;
    // A measurement without one of the workers is worth nothing.
    while !has_failed.load(Ordering::Relaxed) {
        log.waits(Call::Get, "tasks")?;
        // The lock is held for this block only: threads wait for it in turn. Between processes there is none: see
        // `src/multiprocessing/queue.rs`.
        let got = {
            let mut tasks = tasks.lock().unwrap_or_else(PoisonError::into_inner);
            if has_failed.load(Ordering::Relaxed) {
                break;
            }
            tasks.get()?
        };
        let Got::Value(task) = got else {
            break;
        };
        let Task { task, work } = serde_json::from_value(task).context("a task is no task")?;
        let kind: &str = work.kind().into();

        log.write(Event::TaskStart {
            task,
            kind: kind.into(),
        })?;
        let start = Instant::now();
        let answer = match work {
            Work::CountPrimes(numbers) => count_primes(numbers).into(),
            Work::AwaitAnswer(seconds) => {
                let answerer = answerer.as_mut().ok_or_else(|| {
                    anyhow!("this worker has no answerer; start it with --kind io")
                })?;
                log.waits(Call::Recv, "pipe")?;
                ask(answerer, seconds)?
            }
        };
        let seconds = start.elapsed().as_secs_f64();
        let processor_now = processor_seconds()?;
        let processor_seconds = processor_now - processor_before;
        processor_before = processor_now;
        log.write(Event::TaskDone {
            task,
            kind: kind.into(),
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
fn start_answerer(kind: Kind, role: &str, context: &Context) -> Result<Option<Connection>> {
    if kind == Kind::Compute {
        return Ok(None);
    }
    let (connection, answerers_end) = context
        .pipe(true)
        .context("ask for fewer workers, or raise the limit (`ulimit -n`)")?;
    context.start(role, BoundAnswerer {}.holds(answerers_end))?;
    let mut connection = connection.silent();
    ask(&mut connection, 0.0)?;
    Ok(Some(connection))
}

fn ask(answerer: &mut Connection, seconds: f64) -> Result<Value> {
    answerer.send(&json!(seconds))?;
    // Here the worker waits: it is not even among the processes that the kernel would run.
    answerer.recv()
}

/// Answerer of the `bound` lesson: a request is the seconds to the answer, which is the request again
///
/// It is slow, but not because it had to compute.
#[derive(clap::Args, Serialize)]
pub struct BoundAnswerer {}

impl Target for BoundAnswerer {
    const NAME: &'static str = "bound-answerer";

    fn run(self, process: CurrentProcess) -> Result<()> {
        let mut connection = process.connection(true).only_waits();
        loop {
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
}
