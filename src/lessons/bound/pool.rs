//! The parent's side of a pool: start the workers, put the tasks, get the results, and look at the
//! clock.

use std::thread;
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow, bail};
use serde_json::Value;

use super::events::BoundEvent;
use super::table::{PoolFigures, TaskKind, WorkerKind};
use super::task::{Task, Work};
use super::worker::{BoundWorker, FromWorker};
use crate::both;
use crate::events::{PartnerGone, Reason};
use crate::multiprocessing::{
    ChildProcesses, Context, GetEnd, Got, IntoProcess, Logs, PutEnd, Queue,
};
use crate::words::errors::io_error;

/// A pool that is still to be started.
pub struct Pool {
    kind: TaskKind,
    with: WorkerKind,
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
    /// No task is done yet.
    pub fn begin(of: u64, mp: &Context) -> Result<Steps> {
        mp.progress(0, of)?;
        Ok(Steps { done: 0, of })
    }

    fn step(&mut self, mp: &Context) -> Result<()> {
        self.done += 1;
        mp.progress(self.done, self.of)
    }
}

impl Pool {
    /// A pool of `workers`, for `tasks` tasks that each do this work.
    pub fn new(kind: TaskKind, with: WorkerKind, workers: u16, tasks: u16, work: Work) -> Pool {
        Pool { kind, with, workers, tasks, work }
    }

    /// Starts the workers, has them do all tasks, and joins them.
    ///
    /// # Errors
    /// When a worker can't be started, or ends before its work is done.
    pub fn measure(&self, steps: &mut Steps, mp: &Context) -> Result<PoolFigures> {
        let (kind, with): (&str, &str) = (self.kind.into(), self.with.into());
        mp.happened(BoundEvent::Pool {
            kind: kind.into(),
            with: with.into(),
            workers: self.workers,
            tasks: self.tasks,
        })?;
        // Threads are one reader: they take turns inside their process.
        let readers = match self.with {
            WorkerKind::Processes => self.workers,
            WorkerKind::Threads => 1,
        };
        let tasks = mp.named_queue("tasks", readers)?.silent();
        let results = mp.named_queue("results", 1)?.only_waits();
        let workers = self.start(&tasks, &results, mp)?;

        // Now only the workers take tasks: when all of them are gone, `put` fails instead of
        // waiting for ever at a full pipe. And only they put results: when all are gone, `get`
        // comes to end-of-file.
        let put_end = tasks.close_get_end();
        let mut results = results.close_put_end();

        // To start a process takes a while. That is not what is measured here (`mp-demo cost`
        // does): the clock starts when all are ready.
        for _ in 0..self.workers {
            match next_report(&mut results)? {
                FromWorker::Ready => {}
                FromWorker::Done(_) => {
                    bail!(both!("a result came before there were tasks", "还没有任务，就来了结果"))
                }
            }
        }
        let start = Instant::now();
        let feeder = self.feed(put_end)?;
        let mut figures = self.collect(&mut results, steps, mp)?;
        figures.wall_seconds = start.elapsed().as_secs_f64();

        // The workers take their sentinels and end; then the queue ends. A `join` here would wait
        // for one worker and not see what became of the others.
        match results.get()? {
            Got::EndOfFile => {}
            Got::Value(_) | Got::Sentinel => {
                bail!(both!("there are more results than tasks", "结果比任务还多"))
            }
        }
        match feeder.join() {
            Ok(fed) => fed?,
            Err(panic) => std::panic::resume_unwind(panic),
        }
        workers.join()?;
        mp.check_children()?;
        Ok(figures)
    }

    fn start(&self, tasks: &Queue, results: &Queue, mp: &Context) -> Result<ChildProcesses> {
        let (processes, threads) = match self.with {
            WorkerKind::Processes => (self.workers, None),
            WorkerKind::Threads => (1, Some(self.workers)),
        };
        let workers = (1..=processes).map(|number| {
            let worker =
                BoundWorker { kind: self.kind, number: (processes > 1).then_some(number), threads };
            worker.gets_from(tasks).puts_to(results)
        });
        mp.start_all("worker", workers)
    }

    /// Puts all tasks, then a sentinel for each worker, in a thread of its own: the one that
    /// CPython's `Queue` starts behind your back. If the parent put everything before it got
    /// anything, both pipes could be full, and the workers would wait for the parent to get while
    /// the parent waits for them to get.
    fn feed(&self, mut queue: PutEnd) -> Result<thread::JoinHandle<Result<()>>> {
        let (tasks, workers, work) = (self.tasks, self.workers, self.work);
        let feeder = thread::Builder::new().name("feeder".into());
        let feeder = feeder.spawn(move || {
            for task in 1..=tasks {
                queue.put(&serde_json::to_value(Task { task, work })?)?;
            }
            for _ in 0..workers {
                queue.put_sentinel()?;
            }
            Ok(())
        });
        feeder.map_err(|error| {
            let error = io_error(&error);
            anyhow!(both!(
                "cannot start the thread that feeds the queue: {error}; raise the limit (`ulimit \
                 -u`, `ulimit -v`)",
                "无法启动往队列里放任务的线程：{error}；请提高上限（`ulimit -u`、`ulimit -v`）"
            ))
        })
    }

    fn collect(
        &self,
        results: &mut GetEnd,
        steps: &mut Steps,
        mp: &Context,
    ) -> Result<PoolFigures> {
        let mut figures = PoolFigures::new(self.workers);
        let mut first_answer: Option<Value> = None;
        for _ in 0..self.tasks {
            match next_report(results)? {
                FromWorker::Done(done) => {
                    figures.tasks_seconds += done.seconds;
                    figures.processor_seconds += done.processor_seconds;
                    // All tasks are the same, so their answers are: whoever works in parallel has
                    // to check that.
                    let answer = done.answer;
                    let expected = first_answer.get_or_insert_with(|| answer.clone());
                    if *expected != answer {
                        bail!(both!(
                            "the same task gave different results: {expected}, {answer}",
                            "同样的任务得出了不同的结果：{expected}、{answer}"
                        ));
                    }
                }
                FromWorker::Ready => {
                    bail!(both!("there are more workers than were started", "报到的比启动的还多"))
                }
            }
            steps.step(mp)?;
        }
        Ok(figures)
    }
}

/// Waits for the next report of any worker.
fn next_report(results: &mut GetEnd) -> Result<FromWorker> {
    match results.get()? {
        Got::Value(value) => serde_json::from_value(value)
            .with_context(|| both!("cannot read a worker's report", "无法读懂收到的报告")),
        Got::EndOfFile | Got::Sentinel => {
            let message = both!(
                "the workers ended before the tasks were done",
                "任务还没有做完，工作的一方就结束了"
            );
            bail!(PartnerGone(Reason::Said { text: message }))
        }
    }
}
