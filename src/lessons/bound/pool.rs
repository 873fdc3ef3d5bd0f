//! The parent's side of a pool: start workers, put tasks, get results, look at the clock.

use std::panic::resume_unwind;
use std::thread;
use std::time::Instant;

use anyhow::{Result, bail, ensure};
use serde_json::Value;

use super::events::BoundEvent;
use super::table::{PoolFigures, TaskKind, WorkerKind};
use super::task::{Task, Work};
use super::worker::{BoundWorker, FromWorker};
use crate::events::{Because as _, PartnerGone, Reason, sentence};
use crate::multiprocessing::{
    ChildProcesses, Context, GetEnd, Got, IntoProcess, Logs, PutEnd, Queue,
};

/// A pool that is still to be started.
pub struct Pool {
    pub kind: TaskKind,
    pub with: WorkerKind,
    pub workers: u16,
    pub tasks: u16,
    pub work: Work,
}

impl Pool {
    /// Starts the workers, has them do all tasks, each of which it counts, and joins them.
    pub fn measure(
        &self,
        mut count: impl FnMut() -> Result<()>,
        mp: &Context,
    ) -> Result<PoolFigures> {
        let Pool { kind, with, workers, tasks, .. } = *self;
        mp.happened(BoundEvent::Pool { kind, with, workers, tasks })?;
        // All threads are one reader of the queue: they take turns inside their process.
        let readers = match self.with {
            WorkerKind::Processes => self.workers,
            WorkerKind::Threads => 1,
        };
        let tasks = mp.named_queue("tasks", readers)?.silent();
        let results = mp.named_queue("results", 1)?.only_waits();
        let workers = self.start(&tasks, &results, mp)?;

        // Now only the workers take tasks: when all of them are gone, `put` fails instead of
        // waiting for ever at a full pipe. And only they put results: when all are gone, `get`
        // comes to EOF.
        let put_end = tasks.close_get_end();
        let mut results = results.close_put_end();

        // To start a process takes a while, which `mp-demo cost` measures: here the clock starts
        // when all are ready.
        for _ in 0..self.workers {
            ensure!(matches!(next_report(&mut results)?, FromWorker::Ready), out_of_turn());
        }
        let start = Instant::now();
        let feeder = self.feed(put_end)?;
        let mut figures = PoolFigures { workers: self.workers, ..PoolFigures::default() };
        let mut first_answer: Option<Value> = None;
        for _ in 0..self.tasks {
            let FromWorker::Done(done) = next_report(&mut results)? else {
                bail!(out_of_turn());
            };
            figures.tasks_seconds += done.seconds;
            figures.processor_seconds += done.processor_seconds;
            // All tasks are the same, so their answers are: in parallel, that has to be checked.
            let answer = done.answer;
            let expected = first_answer.get_or_insert_with(|| answer.clone());
            ensure!(
                *expected == answer,
                sentence!(
                    "the same task gave different results: {expected}, {answer}",
                    "同样的任务得出了不同的结果：{expected}、{answer}"
                )
            );
            count()?;
        }
        figures.wall_seconds = start.elapsed().as_secs_f64();

        // The workers take their sentinels and end; then the queue ends. A `join` here would wait
        // for one worker and not see what became of the others.
        ensure!(matches!(results.get()?, Got::EndOfFile), out_of_turn());
        feeder.join().unwrap_or_else(|panic| resume_unwind(panic))?;
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
        feeder.because(|| Reason::CannotStartOwnThread {})
    }
}

fn out_of_turn() -> Reason {
    sentence!("a worker's report came out of turn", "收到的报告次序不对")
}

fn next_report(results: &mut GetEnd) -> Result<FromWorker> {
    match results.get()? {
        Got::Value(value) => serde_json::from_value(value)
            .because(|| sentence!("cannot read a worker's report", "无法读懂收到的报告")),
        Got::EndOfFile | Got::Sentinel => {
            bail!(PartnerGone(sentence!(
                "the workers ended before the tasks were done",
                "任务还没有做完，工作进程（线程）就结束了"
            )));
        }
    }
}
