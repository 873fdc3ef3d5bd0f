//! The workers' side of a pool.

use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::table::TaskKind;
use super::task::{Aid, Done, Task};
use crate::arguments::whole;
use crate::events::{Because as _, Call, Event, Log, Reason, sentence};
use crate::multiprocessing::{
    Context, CurrentProcess, GetEnd, Got, Logs, PutEnd, Target, numbered,
};

/// What a worker tells its parent: that it can begin, and each task that it has done.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromWorker {
    Ready,
    Done(Done),
}

/// Worker of the `bound` lesson: tasks from the queue on stdin, results to the queue on stdout
#[derive(clap::Args, Serialize)]
pub struct BoundWorker {
    /// What the tasks do
    #[arg(long, value_enum, default_value_t = TaskKind::Compute)]
    pub kind: TaskKind,
    /// Its number, where several workers are processes
    #[arg(long, value_name = "N")]
    pub number: Option<u16>,
    /// Work in this many threads
    #[arg(long, value_name = "N", value_parser = whole(1..=1000_u16))]
    pub threads: Option<u16>,
}

impl Target for BoundWorker {
    const NAME: &'static str = "bound-worker";

    fn run(self, mut process: CurrentProcess) -> Result<()> {
        let context = process.context()?;
        let worked = match self.threads {
            None => self.work(&process, &context),
            Some(threads) => self.work_in_threads(threads, &process, &context),
        };
        match (self.threads, worked) {
            // Other threads may still wait for their answerers, so these are ended and not joined.
            (Some(_), Err(error)) => context.finish(Err(error)),
            // Joins the answerers. Their pipes are closed by now, so they end. When one was killed,
            // its end explains why its worker could not go on.
            (_, worked) => {
                context.finish(Ok(()))?;
                worked
            }
        }
    }
}

impl BoundWorker {
    fn work(&self, process: &CurrentProcess, context: &Context) -> Result<()> {
        let number = self.number.map(|number| format!("-{number}"));
        let role = format!("answerer{}", number.unwrap_or_default());
        let tool = Aid::of(self.kind, &role, context)?;
        let tasks = Mutex::new(process.get_end().silent());
        work(tool, &tasks, process.put_end().silent(), process.log())
    }

    /// Works in this many threads, until all of them are done or the first one fails.
    fn work_in_threads(
        &self,
        threads: u16,
        process: &CurrentProcess,
        context: &Context,
    ) -> Result<()> {
        // The main thread starts the answerers: the kernel would end a child with the thread that
        // started it (PR_SET_PDEATHSIG).
        let tools = (1..=threads)
            .map(|number| Aid::of(self.kind, &numbered("answerer", number, threads), context))
            .collect::<Result<Vec<_>>>()?;
        let tasks = Arc::new(Mutex::new(process.get_end().silent()));
        let (ended, all_ended) = mpsc::channel();
        let mut workers = Vec::new();
        for (number, tool) in (1..).zip(tools) {
            let (tasks, results) = (Arc::clone(&tasks), process.put_end().silent());
            let ended = ended.clone();
            let worker = move |log: &Log| ended.send(work(tool, &tasks, results, log));
            // If a thread can't be started, this function returns, the process ends, and with it
            // the threads that were started. Joining them would take for ever: they wait for tasks,
            // and the parent waits for all threads to be ready.
            let worker = process.start_thread(format!("worker-{number}"), worker);
            workers.push(worker.map_err(|error| Reason::CannotStartThread {
                number,
                of: threads.into(),
                errno: error.raw_os_error().unwrap_or_default(),
            })?);
        }
        drop(ended);
        process.happened(Event::Wait { call: Call::Join, on: None })?;
        // Without one of the workers nothing is worth measuring: the first error ends the wait.
        all_ended.into_iter().collect::<Result<()>>()?;
        for worker in workers {
            if let Err(panic) = worker.join() {
                resume_unwind(panic);
            }
        }
        Ok(())
    }
}

/// Takes tasks and does them, until there are no more.
fn work(mut tool: Aid, tasks: &Mutex<GetEnd>, mut results: PutEnd, log: &Log) -> Result<()> {
    results.put(&serde_json::to_value(FromWorker::Ready)?)?;
    loop {
        log.waits(Call::Get, "tasks")?;
        // The lock is held for this statement only: threads wait for it in turn. Between processes
        // there is none: see `src/multiprocessing/queue.rs`.
        let got = tasks.lock().unwrap_or_else(PoisonError::into_inner).get()?;
        let Got::Value(task) = got else {
            return Ok(());
        };
        let Task { task, work } = serde_json::from_value(task)
            .because(|| sentence!("cannot read a task", "无法读懂任务"))?;
        let kind: &str = work.kind().into();

        log.write(Event::TaskStart { task, kind: kind.into() })?;
        let done = tool.measure(work, log)?;
        log.write(Event::TaskDone {
            task,
            kind: kind.into(),
            seconds: done.seconds,
            processor_seconds: done.processor_seconds,
        })?;
        results.put(&serde_json::to_value(FromWorker::Done(done))?)?;
    }
}
