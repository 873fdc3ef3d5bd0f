//! What happens in programs of the user's only.

use serde_json::Value;

use crate::events::{Effect, Status, Stream, own_events};

own_events! {
    PythonEvent:
    /// The program has made an object: its name in the log, Python's class, for a condition the
    /// name of its lock, for a queue how many values it takes.
    Made { on: String, kind: String; lock: String, max: u64 } => Effect::Nothing, [];
    /// The bytes of a value go from the process's buffer into the queue's pipe, or the object was
    /// changed since its put, and is now this value.
    Fed { on: String, number: u64; value: Value } => Effect::Feeds(*number), [];
    /// A value can't be pickled, so it never gets into the queue's pipe.
    Dropped { on: String, number: u64, exception: String } => Effect::Drops(*number), [];
    /// `put()` has raised Full: the value with this number was not put.
    Full { on: String, number: u64 } => Effect::TakesBack(*number), [];
    /// A call that may block has returned, or has raised an exception.
    Returned {
        call: String,
        on: String;
        /// The pool's job whose result was waited for.
        job: String,
        result: bool,
        exception: String
    } => Effect::Nothing, [];
    /// A call that doesn't block: `set`, `clear`, `notify`; of a semaphore `acquire` and `release`.
    Called { call: String, on: String } => Effect::Nothing, [], Again;
    /// The process has closed its queue or its end of the pipe.
    Closed { on: String } => Effect::Nothing, [];
    /// `task_done()` of a queue.
    Done { on: String } => Effect::Nothing, [], Again;
    /// So many tasks go to a pool of workers; 0 if it isn't known how many. `handled` if the
    /// program has a function for their exceptions.
    Submit {
        pool: String,
        job: String,
        tasks: u64,
        function: String,
        call: String,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        handled: bool,
    } => Effect::Nothing, ['◇' 'o' "tasks for a pool" "向进程池提交任务", function], Again;
    /// A worker begins a task: the number `task`, from 0, of its job.
    Begin { pool: String, job: String, task: u64, function: String, values: u64 }
        => Effect::BeginsTask, ['▸' '>' "task" "任务", function], Again;
    /// A worker has done a task, or an exception has ended it.
    End { pool: String, job: String, task: u64; exception: String, message: String }
        => Effect::AwaitsTask, [], Again;
    /// An exception ends the process, or this thread of it.
    Raised { exception: String, message: String } => Effect::Nothing,
        ['!' '!' "exception" "异常", exception], Once;
    /// The thread has done its function.
    ThreadEnd {} => Effect::EndsThread, [], Once;
    /// The process has ended, and nobody has joined it yet. Without a status somebody has reaped
    /// it, as the fork server does.
    Ended { child: u32; status: Status } => match status {
        Some(status) => Effect::IsZombie(*child, Some(*status)),
        None => Effect::IsGone(*child),
    }, [], Once;
    /// A line has been printed: it is in the stream's buffer.
    Printed { stream: Stream, text: String } => Effect::Nothing, [], Again;
    /// A line has left the process. On stdout it is the event's `line`.
    Written {
        stream: Stream;
        text: String,
        /// The process that had printed the line before this one was forked from it.
        of: u32,
        /// Whether no newline follows: another process writes next, or this one has ended.
        open: bool
    } => Effect::Nothing, [], Again;
    /// These printed lines were still in the process's buffer when it ended: so many, and where
    /// they were printed.
    Unwritten { stream: Stream, lines: u64, places: Vec<String> } => Effect::Aside, [];
    /// A file of the program, as it was when it first stood in the log.
    Source { file: String, text: String } => Effect::Aside, [];
    /// Of this process nothing is seen but its lines that go elsewhere: why, in Python's words.
    Unseen { version: String } => Effect::Aside, [];
}
