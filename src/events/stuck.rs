//! A stuck run: who waits for whom.

use serde::{Deserialize, Serialize};

use super::record::CodeLine;

/// A thread that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiter {
    pub pid: u32,
    pub role: String,
    /// The thread's name, where it is not the main thread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// The call in which the thread waits: of Python's `multiprocessing`, or else a system call.
    pub call: String,
    /// The name of the queue, pipe or lock that the thread waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// The line of a Python program in which the thread waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<CodeLine>,
    /// What the thread waits for.
    pub needs: Needs,
    /// The processes that could end the wait.
    pub of: Vec<Holder>,
    /// How many bytes are in the pipe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// How many bytes the pipe has room for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u64>,
    /// The system call in which the thread waits; nothing where the kernel doesn't tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel: Option<String>,
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
    /// That another thread wakes it: by `set()`, `notify()`, or at a barrier.
    Wakeup,
    Unknown,
}

/// A process that could end another one's wait, or could have ended it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub pid: u32,
    pub role: String,
    /// The process has ended.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ended: bool,
    /// The line of a Python program at which it has acquired the lock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<CodeLine>,
}
