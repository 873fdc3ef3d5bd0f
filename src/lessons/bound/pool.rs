//! The parent's side of a pool: start the workers, put the tasks, get the results, and look at the clock.

use std::io::BufReader;
use std::thread;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use os_pipe::{PipeReader, PipeWriter};
use rustix::time::Timespec;
use serde_json::Value;

use super::super::numbered;
use super::worker::{FromWorker, Task, Work};
use crate::events::{Call, Event, Log};
use crate::multiprocessing::{Context, GetEnd, Got, PartnerGone, Process, PutEnd, Queue};
use crate::report::pools::{Kind, PoolFigures, With};

/// How often the parent looks whether its workers are still there, while no result comes.
const LOOK_AGAIN: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 100_000_000,
};

/// A pool that is still to be started.
pub struct Pool {
    kind: Kind,
    with: With,
    workers: u16,
    tasks: u16,
    work: Work,
}

/// How many of a run's tasks are done.
pub struct Steps {
    done: u64,
    of: u64,
}

impl Steps {
    /// The first step is still to be done.
    ///
    /// # Errors
    /// When the log can't be written to.
    pub fn begin(of: u64, log: &Log) -> Result<Steps> {
        log.write(Event::Progress { done: 0, of })?;
        Ok(Steps { done: 0, of })
    }

    fn step(&mut self, log: &Log) -> Result<()> {
        self.done += 1;
        let Steps { done, of } = *self;
        log.write(Event::Progress { done, of })
    }
}

impl Pool {
    /// A pool of `workers`, for `tasks` tasks that each do this work.
    pub fn new(kind: Kind, with: With, workers: u16, tasks: u16, work: Work) -> Pool {
        Pool {
            kind,
            with,
            workers,
            tasks,
            work,
        }
    }

    /// Starts the workers, has them do all tasks, and joins them.
    ///
    /// # Errors
    /// When a worker can't be started, or ends before its work is done.
    pub fn measure(&self, steps: &mut Steps, context: &Context) -> Result<PoolFigures> {
        context.log().write(Event::Pool {
            kind: self.kind.into(),
            with: self.with.into(),
            workers: self.workers,
            tasks: self.tasks,
        })?;
        // Threads are one reader: they take turns inside their process.
        let tasks = Queue::new(match self.with {
            With::Processes => self.workers,
            With::Threads => 1,
        })?;
        let results = Queue::new(1)?;
        let workers = self.start(&tasks, &results, context)?;

        // Now only the workers take tasks: when all of them are gone, `put` fails instead of waiting for ever
        // at a full pipe. And only they put results: when all are gone, `get` comes to end-of-file.
        drop(tasks.get_end);
        drop(results.put_end);
        let (put_end, mut results) = (tasks.put_end, results.get_end);

        // To start a process takes a while. That is not what is measured here (`mp-demo cost` does): the clock
        // starts when all are ready.
        for _ in 0..self.workers {
            match next_report(&mut results, context)? {
                FromWorker::Ready => {}
                FromWorker::Done { .. } => bail!("a result came before there were tasks"),
            }
        }
        let start = Instant::now();
        let feeder = self.feed(put_end);
        let mut figures = self.collect(&mut results, steps, context)?;
        figures.wall_seconds = start.elapsed().as_secs_f64();

        match feeder.join() {
            Ok(fed) => fed?,
            Err(panic) => std::panic::resume_unwind(panic),
        }
        for worker in &workers {
            worker.join()?;
        }
        context.check_children()?;
        Ok(figures)
    }

    fn start<'a>(
        &self,
        tasks: &Queue,
        results: &Queue,
        context: &'a Context,
    ) -> Result<Vec<Process<'a>>> {
        let start = |role: &str, option: Option<(&str, u16)>| {
            let mut worker = context
                .process(role, "bound-worker")
                .option("--kind", self.kind)
                .gets_from(&tasks.get_end)
                .puts_to(&results.put_end);
            if let Some((name, value)) = option {
                worker = worker.option(name, value);
            }
            worker.start()
        };
        match self.with {
            With::Threads => Ok(vec![start("worker", Some(("--threads", self.workers)))?]),
            With::Processes if self.workers == 1 => Ok(vec![start("worker", None)?]),
            With::Processes => (1..=self.workers)
                .map(|number| {
                    let role = numbered("worker", number, self.workers);
                    start(&role, Some(("--number", number)))
                })
                .collect(),
        }
    }

    /// Puts all tasks, then a sentinel for each worker, in a thread of its own: the one that CPython's `Queue` starts
    /// behind your back. If the parent put everything before it got anything, both pipes could be full, and the
    /// workers would wait for the parent to get while the parent waits for them to get.
    fn feed(&self, mut queue: PutEnd<PipeWriter>) -> thread::JoinHandle<Result<()>> {
        let (tasks, workers, work) = (self.tasks, self.workers, self.work);
        thread::spawn(move || {
            for task in 1..=tasks {
                queue.put(&serde_json::to_value(Task { task, work })?)?;
            }
            for _ in 0..workers {
                queue.put_sentinel()?;
            }
            Ok(())
        })
    }

    fn collect(
        &self,
        results: &mut GetEnd<BufReader<PipeReader>>,
        steps: &mut Steps,
        context: &Context,
    ) -> Result<PoolFigures> {
        let mut figures = PoolFigures::new(self.workers);
        let mut first_answer: Option<Value> = None;
        for _ in 0..self.tasks {
            match next_report(results, context)? {
                FromWorker::Done {
                    answer,
                    seconds,
                    processor_seconds,
                } => {
                    figures.tasks_seconds += seconds;
                    figures.processor_seconds += processor_seconds;
                    // All tasks are the same, so their answers are: whoever works in parallel has to check that.
                    let expected = first_answer.get_or_insert_with(|| answer.clone());
                    if *expected != answer {
                        bail!(
                            "tasks that are the same have different results: {expected}, {answer}"
                        );
                    }
                }
                FromWorker::Ready => bail!("there are more workers than were started"),
            }
            steps.step(context.log())?;
        }
        Ok(figures)
    }
}

/// Waits for the next report of any worker. As long as one worker is left, the queue does not end, and the report of
/// one that was killed never comes: so look, again and again, whether all are well.
fn next_report(
    results: &mut GetEnd<BufReader<PipeReader>>,
    context: &Context,
) -> Result<FromWorker> {
    context.log().write(Event::Wait { call: Call::Get })?;
    loop {
        context.check_children()?;
        match results.get_within(&LOOK_AGAIN)? {
            None => {}
            Some(Got::Value(value)) => {
                return serde_json::from_value(value).context("a worker's report is no report");
            }
            Some(Got::EndOfFile | Got::Sentinel) => {
                bail!(PartnerGone("the workers ended before the tasks were done"))
            }
        }
    }
}
