//! What an event means for the run, and for a picture of it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use strum::IntoStaticStr;

use super::reason::Why;
use super::status::Status;

/// What an event changes. Its thread runs from then on, unless the variant says otherwise.
#[derive(Clone, Copy)]
pub enum Effect<'a> {
    /// No other change.
    Nothing,
    /// A child begins.
    Begins(u32, &'a str),
    /// A child has ended and was reaped. The state of the parent's thread stays as it was.
    Ends(u32, &'a str, Status),
    /// The thread sleeps for a time that it chose itself.
    Sleeps,
    /// The thread waits in this call for another process, on the object with this name.
    Waits(Call, Option<&'a str>),
    /// The thread waits for the end of this child.
    Joins(u32),
    /// The thread no longer waits for the end of this child.
    Joined(u32),
    /// This process has ended, with this status if it is known, and is still listed: its parent has
    /// not reaped it.
    IsZombie(u32, Option<Status>),
    /// This process has ended and was reaped; with which status, the log may tell later.
    IsGone(u32),
    /// A signal is sent to a child: PID and signal number. The state of the sender's thread stays
    /// as it was.
    Signals(u32, i32),
    /// A value is put or sent, into the queue or pipe with this name. The value's number in the run
    /// is there where it is known.
    Leaves(Way, Option<&'a str>, &'a Value, Option<u64>),
    /// A value is got or received, likewise.
    Arrives(Way, Option<&'a str>, &'a Value, Option<u64>),
    /// The bytes of the value with this number go into its queue's pipe.
    Feeds(u64),
    /// The value with this number never gets into its queue's pipe.
    Drops(u64),
    /// The value with this number was not put after all.
    TakesBack(u64),
    /// The call was refused: a value that was to be sent was not.
    Refused(Call),
    /// The process gives up for this reason: the value that it was about to put or send was not.
    GivesUp(&'a Why),
    /// The thread has sent a request, and waits for one more answer.
    Asks,
    /// One of the answers has come.
    IsAnswered,
    /// The thread has the lock with this name.
    Acquires(&'a str),
    /// The thread releases the lock with this name.
    Releases(&'a str),
    /// A remark about the run, which changes nothing, not even whether the thread runs.
    Aside,
    BeginsTask,
    EndsTask,
    /// The thread has done its task, and waits for the next.
    AwaitsTask,
    /// The thread has done its function.
    EndsThread,
}

impl Effect<'_> {
    /// Whether the event doesn't tell what its thread does.
    pub fn is_aside(&self) -> bool {
        matches!(self, Effect::Aside | Effect::Feeds(_) | Effect::Drops(_))
    }
}

/// What a value goes through: a queue, by `put` and `get`, or a pipe, by `send` and `recv`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    Queue,
    Pipe,
}

impl Way {
    /// The name of a queue or pipe that the log doesn't name, as in version 1.
    pub fn name(self) -> &'static str {
        match self {
            Way::Queue => "queue",
            Way::Pipe => "pipe",
        }
    }
}

/// What marks an event in a picture, in the order of its legend.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Mark {
    Thread,
    Task,
    /// An event of the run's lesson.
    Own(&'static Sign),
    Put,
    Get,
    Send,
    Recv,
    EndOfFile,
    /// A value that was put, and never got.
    Lost,
    Join,
    Terminate,
    Interrupt,
    Kill,
    Refused,
    Error,
    Stuck,
}

/// What marks an event of a lesson's own.
#[derive(PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Sign {
    /// The sign's place in the legend among the lesson's signs.
    pub place: usize,
    pub sign: char,
    pub ascii: char,
    /// The sign's text in the legend, by language.
    pub legend: [&'static str; 2],
}

/// How often a process has an event: at most once (one about a child, once for each child), or any
/// number of times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    Once,
    Again,
}

/// What is written beside a mark.
#[derive(Clone, Copy)]
pub enum Label<'a> {
    Nothing,
    /// The event's value.
    Value,
    Sentinel,
    Empty,
    Role(&'a str),
    Number(u16),
    Lines(&'a str),
}

/// A call of Python's `multiprocessing`, or on a file object of its `subprocess`, that can block or
/// be refused. Its name in the log is Python's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Call {
    Acquire,
    Get,
    /// `put()` into a queue that is full
    Put,
    Send,
    Recv,
    Poll,
    /// `wait()` of an Event, a Condition or a Barrier
    Wait,
    /// The result of a pool's tasks: `map()`, `get()`, `result()`
    Result,
    /// `Thread.join()`, or that of a queue
    Join,
    /// `readline()`, of a program's stdout
    Readline,
    /// `write()`, to a program's stdin
    Write,
}

impl Call {
    pub fn name(self) -> &'static str {
        self.into()
    }
}
