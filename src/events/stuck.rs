//! A run in which nobody can go on: who waits for whom.

use serde::{Deserialize, Serialize};

/// A thread that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiter {
    /// Its process's PID.
    pub pid: u32,
    /// Its process's role.
    pub role: String,
    /// The thread's name, where it is not the main thread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// The call in which it waits: of Python's `multiprocessing`, or else of the kernel.
    pub call: String,
    /// The name of the queue, pipe or lock that it waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// What it waits for.
    pub needs: Needs,
    /// Who could bring that.
    pub of: Vec<Holder>,
    /// How many bytes are in the pipe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// How many bytes the pipe has room for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u64>,
    /// The system call in which the kernel says that it waits; nothing where the kernel doesn't
    /// tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel: Option<String>,
}

/// What somebody waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Needs {
    /// The end of a process.
    End,
    /// A value in a queue or pipe, or its end-of-file.
    Value,
    /// Room in a queue or pipe.
    Room,
    /// A lock.
    Lock,
    /// It is not known.
    Unknown,
}

/// Somebody who could bring what another one waits for, or could have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Its PID.
    pub pid: u32,
    /// Its role.
    pub role: String,
    /// It is gone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ended: bool,
}

/// The mistake of a lesson's variant that leads there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Mistake {
    /// The parent joins before it receives, and the pipe has no room for the message.
    JoinBeforeReceive,
    /// The parent joins a child that waits for the parent's answer.
    JoinBeforeReply,
    /// The parent waits for end-of-file, and holds an end for writing itself.
    KeptOwnEnd,
    /// The readers leave when the queue is empty, and a writer has more to put than the pipe has
    /// room for; or one reader has taken what another one was about to get.
    EmptyIsNoEnd,
    /// Nobody tells the readers that nothing more will come.
    NothingStops,
    /// There are fewer sentinels than readers.
    TooFewSentinels,
    /// The readers wait for end-of-file, and the parent has not closed its end for writing.
    KeptPutEnd,
    /// A child that was to speak first waits for the answer: what it has printed, if anything, is
    /// still in its own buffer.
    Unflushed,
    /// The child sends more messages than the parent receives.
    NotAllReceived,
    /// The holder of the lock was killed.
    KilledHolder,
    /// The holder of the semaphore was killed, and something else would have been free again.
    KilledSemaphoreHolder,
}
