//! A stuck run: who waits for whom.

use serde::{Deserialize, Serialize};

use super::record::CodeLine;

/// A thread that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiter {
    pub pid: u32,
    pub role: String,
    /// The thread's name, where it is not the main thread.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// The call in which the thread waits: of Python's `multiprocessing`, or else a system call.
    pub call: String,
    /// The name of the queue, pipe or lock that the thread waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// The line of a Python program in which the thread waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<CodeLine>,
    /// What the thread waits for.
    pub needs: Needs,
    /// The processes that could end the wait.
    pub of: Vec<Holder>,
    /// How many bytes are in the pipe.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// How many bytes the pipe has room for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u64>,
    /// The system call in which the thread waits; nothing where the kernel doesn't tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kernel: Option<String>,
    /// What the log of a program proves of this wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
}

impl Waiter {
    /// Python's name for the thread that writes what `put()` has put.
    pub const FEEDER: &str = "QueueFeederThread";
}

/// What a thread waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Needs {
    /// The end of a process.
    End,
    /// A value in a queue or pipe, or EOF.
    Value,
    /// Room in a queue or pipe.
    Room,
    Lock,
    /// That an Event is set.
    Event,
    /// That a Condition is notified.
    Condition,
    /// That the other parties come to a Barrier.
    Barrier,
    /// That a Semaphore is released.
    Semaphore,
    /// A `task_done()` for each value of a queue.
    Tasks,
    /// The result of a task.
    Result,
    /// The end of threads of its own: of one that is joined, of a pool's, of an executor's.
    Threads,
    /// That another thread does something.
    Wakeup,
    Unknown,
}

/// Why nobody ends a wait, as the log of a program proves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// The condition was notified here last, when nobody waited for it.
    NotifiedBefore(Holder),
    /// These processes have ended: they have set the event before, or have failed without that.
    SetterEnded { by: Vec<Holder>, has_set: bool },
    /// This process has got so many values, the last one here, and called `task_done()` less often.
    NotDone { by: Holder, got: u64, done: u64 },
    /// The semaphore has not been released more often than acquired.
    BeganAtZero,
    /// These have acquired the semaphore, each here last, and not released it.
    Taken(Vec<Holder>),
    /// No line has put anything into the queue, but this one into another, which none reads.
    PutElsewhere { on: String, by: Holder },
    /// Only another thread of the process could end it, and there is none.
    NoOtherThread { is_fork: bool },
}

/// A process that could end another one's wait, or could have ended it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub pid: u32,
    pub role: String,
    /// The thread that holds a lock, where it is not the main thread.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// The process has ended.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ended: bool,
    /// The line of a Python program at which it has acquired the lock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<CodeLine>,
}
