//! What a thread of Python's is and waits for, by the library's frames.

use super::frames::{PythonFrame, Stack};

/// What a thread without a line of the learner's is. (Of an event loop, the line only started it.)
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Duty {
    /// A thread at the end of its program.
    Exit,
    /// The thread that writes into a queue's pipe what was put.
    Feeder,
    /// The threads of a pool: each hands out tasks, gets results, or replaces workers.
    TaskHandler,
    ResultHandler,
    WorkerHandler,
    /// A worker of a pool or of an executor, without a task.
    PoolWorker,
    ExecutorWorker,
    /// A thread of a `ThreadPoolExecutor`, without a task.
    ThreadWorker,
    /// The thread of a `ProcessPoolExecutor` that hands out tasks and gets results.
    ExecutorManager,
    /// The process or a thread of a `multiprocessing.Manager`.
    Manager,
    /// An event loop.
    Loop,
}

/// What a call of the library's waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Goal {
    /// A lock or semaphore: the frames are the same.
    Release,
    Event,
    Condition,
    Barrier,
    Semaphore,
    /// The lock of a queue's end for reading, or for writing.
    ReadLock,
    WriteLock,
    /// Room in a queue with a `maxsize`.
    Room,
    /// A `task_done()` for each value of a queue.
    TasksDone,
    /// A value of a queue.
    Value,
    /// A message of a `Connection`.
    Message,
    /// The answer of a `multiprocessing.Manager`.
    Answer,
    /// The end of a thread, of all threads, of a queue's feeder thread, of a pool, of an executor.
    Thread,
    Threads,
    FeederEnd,
    PoolEnd,
    ExecutorEnd,
    /// The results of a pool's tasks.
    Results,
    /// The result of a future.
    Future,
}

const SYNC: &str = "multiprocessing/synchronize.py";
const QUEUES: &str = "multiprocessing/queues.py";
const POOL: &str = "multiprocessing/pool.py";
const CONNECTION: &str = "multiprocessing/connection.py";
const MANAGERS: &str = "multiprocessing/managers.py";
const THREADING: &str = "threading.py";
const QUEUE: &str = "queue.py";
const FUTURES: &str = "concurrent/futures/_base.py";
const PROCESSES: &str = "concurrent/futures/process.py";
const THREADS: &str = "concurrent/futures/thread.py";

/// A function of the library, by its file and name.
type Function = (&'static str, &'static str);

/// The duties, by a frame that only they have.
const DUTIES: [(Function, Duty); 17] = [
    (("multiprocessing/util.py", "_exit_function"), Duty::Exit),
    ((THREADING, "_shutdown"), Duty::Exit),
    ((PROCESSES, "_python_exit"), Duty::Exit),
    ((THREADS, "_python_exit"), Duty::Exit),
    ((QUEUES, "_feed"), Duty::Feeder),
    ((POOL, "_handle_tasks"), Duty::TaskHandler),
    ((POOL, "_handle_results"), Duty::ResultHandler),
    ((POOL, "_handle_workers"), Duty::WorkerHandler),
    ((POOL, "worker"), Duty::PoolWorker),
    ((PROCESSES, "_process_worker"), Duty::ExecutorWorker),
    ((THREADS, "_worker"), Duty::ThreadWorker),
    ((PROCESSES, "_queue_management_worker"), Duty::ExecutorManager),
    ((PROCESSES, "wait_result_broken_or_wakeup"), Duty::ExecutorManager),
    ((PROCESSES, "join_executor_internals"), Duty::ExecutorManager),
    ((MANAGERS, "serve_forever"), Duty::Manager),
    ((MANAGERS, "serve_client"), Duty::Manager),
    ((MANAGERS, "accepter"), Duty::Manager),
];

/// What is awaited, by frames that follow each other, innermost first: the first that is found
/// counts. The flag tells whether the system call is futex(2), where both is possible: then the
/// innermost frame itself waits for its lock.
const GOALS: [(&[Function], Option<bool>, Goal); 36] = [
    (&[(THREADING, "_wait"), (THREADING, "wait")], None, Goal::Barrier),
    (&[(SYNC, "wait"), (SYNC, "wait")], None, Goal::Event),
    (&[(SYNC, "wait"), (QUEUES, "join")], None, Goal::TasksDone),
    (&[(SYNC, "wait")], None, Goal::Condition),
    (&[(SYNC, "__enter__"), (QUEUES, "get")], None, Goal::ReadLock),
    (&[(SYNC, "__enter__"), (QUEUES, "put")], None, Goal::WriteLock),
    (&[(SYNC, "__enter__")], None, Goal::Release),
    (&[(THREADING, "join"), (QUEUES, "_finalize_join")], None, Goal::FeederEnd),
    (&[(THREADING, "join"), (QUEUES, "join_thread")], None, Goal::FeederEnd),
    (&[(THREADING, "join"), (POOL, "join")], None, Goal::PoolEnd),
    (&[(THREADING, "join"), (POOL, "_terminate_pool")], None, Goal::PoolEnd),
    (&[(THREADING, "join"), (PROCESSES, "shutdown")], None, Goal::ExecutorEnd),
    (&[(THREADING, "join"), (THREADS, "shutdown")], None, Goal::ExecutorEnd),
    (&[(THREADING, "join"), (PROCESSES, "_python_exit")], None, Goal::ExecutorEnd),
    (&[(THREADING, "join"), (THREADS, "_python_exit")], None, Goal::ExecutorEnd),
    (&[(THREADING, "join")], None, Goal::Thread),
    (&[(THREADING, "_shutdown")], None, Goal::Threads),
    (&[(POOL, "wait")], None, Goal::Results),
    (&[(POOL, "next")], None, Goal::Results),
    (&[(FUTURES, "result")], None, Goal::Future),
    (&[(FUTURES, "exception")], None, Goal::Future),
    (&[(FUTURES, "wait")], None, Goal::Future),
    (&[(FUTURES, "as_completed")], None, Goal::Future),
    (&[(QUEUE, "get")], None, Goal::Value),
    (&[(QUEUE, "put")], None, Goal::Room),
    (&[(QUEUE, "join")], None, Goal::TasksDone),
    (&[(THREADING, "wait"), (THREADING, "wait")], None, Goal::Event),
    (&[(THREADING, "wait"), (THREADING, "acquire")], None, Goal::Semaphore),
    (&[(THREADING, "wait")], None, Goal::Condition),
    (&[(QUEUES, "_feed")], Some(true), Goal::WriteLock),
    (&[(QUEUES, "get")], Some(true), Goal::ReadLock),
    (&[(QUEUES, "get")], Some(false), Goal::Value),
    (&[(QUEUES, "put")], Some(true), Goal::Room),
    (&[(MANAGERS, "_callmethod")], Some(false), Goal::Answer),
    (&[(CONNECTION, "recv")], None, Goal::Message),
    (&[(CONNECTION, "recv_bytes")], None, Goal::Message),
];

impl Stack {
    /// What the thread is, if that says more than its line.
    pub fn duty(&self) -> Option<Duty> {
        let (inner, own) = self.split();
        if own.is_some() {
            let is_loop = inner.iter().any(|it| it.is("asyncio/base_events.py", "_run_once"));
            return is_loop.then_some(Duty::Loop);
        }
        DUTIES.iter().find_map(|((file, name), duty)| {
            let at = inner.iter().position(|it| it.is(file, name))?;
            let is_worker =
                matches!(duty, Duty::PoolWorker | Duty::ExecutorWorker | Duty::ThreadWorker);
            // A worker's task may be a function of the library's, too.
            let is_idle = inner[..at].last().is_none_or(|it| {
                it.is(QUEUES, "get")
                    || it.is(QUEUES, "put")
                    || it.is(QUEUE, "get")
                    || it.is(QUEUE, "put")
            });
            (is_idle || !is_worker).then_some(*duty)
        })
    }

    /// What the thread waits for, where the library's frames tell. (A lock's or semaphore's
    /// `acquire()` has none: it isn't written in Python.)
    pub fn goal(&self, is_futex: bool) -> Option<Goal> {
        let inner = self.split().0;
        let is = |frame: &PythonFrame, function: &Function| frame.is(function.0, function.1);
        let has = |run: &[Function], is_innermost: bool| {
            let mut runs = inner.windows(run.len());
            let is_run = |it: &[PythonFrame]| it.iter().zip(run).all(|(it, of)| is(it, of));
            if is_innermost { runs.next().is_some_and(is_run) } else { runs.any(is_run) }
        };
        let is_meant = |futex: &Option<bool>| futex.is_none_or(|it| it == is_futex);
        let mut goals = GOALS.iter().filter(|(_, futex, _)| is_meant(futex));
        goals.find(|(run, futex, _)| has(run, *futex == Some(true))).map(|(.., goal)| *goal)
    }

    /// The function that the learner's line calls, or that the thread was started with, if that is
    /// the library's.
    pub fn called(&self) -> Option<&PythonFrame> {
        let (inner, own) = self.split();
        let is_start = |it: &&PythonFrame| match own {
            None => it.is(THREADING, "run") || it.is("multiprocessing/process.py", "run"),
            Some(_) => false,
        };
        let end = inner.iter().position(|it| is_start(&it)).unwrap_or(inner.len());
        if own.is_none() && end == inner.len() {
            return None;
        }
        inner[..end].last()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stack(frames: &[Function]) -> Stack {
        let frame = |(file, name): &Function| PythonFrame {
            file: format!("/usr/lib/python3.13/{file}"),
            line: 1,
            function: (*name).to_owned(),
            library: true,
        };
        Stack { tid: 1, name: None, frames: frames.iter().map(frame).collect() }
    }

    #[test]
    fn a_queues_lock_is_awaited_by_the_queues_own_frame_only() {
        let feeds = (QUEUES, "_feed");
        assert_eq!(stack(&[feeds]).goal(true), Some(Goal::WriteLock));
        let reports = stack(&[(PROCESSES, "_on_queue_feeder_error"), feeds]);
        assert_eq!((reports.goal(true), reports.duty()), (None, Some(Duty::Feeder)));
        let receives = [(CONNECTION, "_recv"), (CONNECTION, "recv_bytes"), (QUEUES, "get")];
        assert_eq!(stack(&receives).goal(false), Some(Goal::Value));
    }
}
