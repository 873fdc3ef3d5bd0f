//! The vocabulary: each thing that can happen in a run, and the article's line for each that has one.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use strum::{IntoStaticStr, VariantNames};

use super::log::Who;
use super::python::{repr, str};
use super::status::Status;

/// One thing that a process did or that happened to it.
///
/// Serialized, it is the `event` field of the log's JSON object and the fields that belong to it. Every
/// event is written by the process that did it or that it happened to; only how a child ended is written by
/// its parent.
#[derive(Serialize, IntoStaticStr, VariantNames)]
#[serde(tag = "event", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Event<'a> {
    /// A run begins. Always the first event of a log.
    Run {
        /// The lesson's name on the command line.
        lesson: &'a str,
        /// The lesson's options, defaults filled in, and `speed`.
        options: Box<RawValue>,
        /// What repeats this run's random pauses.
        seed: u64,
        /// Processors that this program may use: affinity and cgroup quota count.
        cores: usize,
        /// The program's version.
        version: &'a str,
    },

    /// A process begins its function, or a thread does.
    Running,

    /// The parent has started a child. The child runs at once: its first event may stand before this one.
    Started {
        /// The child's PID.
        child: u32,
        /// The child's role.
        child_role: &'a str,
    },
    /// The parent begins to wait for a child's end, until `joined`.
    Join {
        /// The child's PID.
        child: u32,
        /// The child's role.
        child_role: &'a str,
    },
    /// The parent's `join()` has returned.
    Joined {
        /// The child's PID.
        child: u32,
        /// The child's role.
        child_role: &'a str,
    },
    /// The parent sends SIGTERM to a child.
    Terminate {
        /// The child's PID.
        child: u32,
        /// The child's role.
        child_role: &'a str,
    },
    /// The parent sends SIGKILL to a child.
    Kill {
        /// The child's PID.
        child: u32,
        /// The child's role.
        child_role: &'a str,
        /// One sentence: why that was needed, where it is not that the run is over.
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<&'a str>,
    },
    /// A child has ended and was reaped by the parent.
    Exited {
        /// The child's PID.
        child: u32,
        /// The child's role.
        child_role: &'a str,
        /// How it ended.
        status: Status,
    },

    /// The process or thread sleeps from now on, until its next event.
    Sleep {
        /// For how long, after division by `--speed`.
        seconds: f64,
    },
    /// The process waits from now on in a call that may block, until its next event.
    Wait {
        /// The call.
        call: Call,
    },
    /// A value is about to be put into the queue: before the put, as in the article.
    Put {
        /// The value.
        value: &'a Value,
    },
    /// A value has come out of the queue.
    Get {
        /// The value.
        value: &'a Value,
    },
    /// The sentinel is about to be put into the queue.
    PutSentinel,
    /// The sentinel has come out of the queue.
    GetSentinel,
    /// Nothing will come any more: every write end of the queue is closed.
    EndOfFile,
    /// A value is about to be sent over the pipe. It may yet be refused.
    Send {
        /// The value.
        value: &'a Value,
    },
    /// A value has come over the pipe.
    Recv {
        /// The value.
        value: &'a Value,
    },
    /// A received list is printed.
    Print {
        /// The list.
        value: &'a Value,
    },
    /// A call was refused, as the lesson wants to show.
    Refused {
        /// The call.
        call: Call,
        /// One sentence: why.
        message: String,
    },
    /// What made this process give up; its exit status is then 1.
    Error {
        /// One sentence.
        message: String,
    },

    /// `memory`: the process looks at its counter.
    Counter {
        /// What it finds there.
        value: i64,
        /// Where that is, in its own memory.
        address: String,
    },
    /// Part of a measurement is done.
    Progress {
        /// How many steps are done.
        done: u64,
        /// How many there are.
        of: u64,
    },
    /// Something was measured in this run.
    Measured {
        /// The figures by name, units in the names.
        #[serde(flatten)]
        figures: Value,
        /// What is printed of them.
        #[serde(skip)]
        line: String,
    },
    /// The lesson says something that holds no figure of its own: a heading, or what follows from the figures.
    Say {
        /// What is printed.
        #[serde(skip)]
        line: String,
    },

    /// `bound`: the parent is about to start a pool of workers, and measures how long it takes for all tasks.
    Pool {
        /// What the tasks are: `compute` or `io`.
        kind: &'a str,
        /// What the workers are: `processes` or `threads`.
        with: &'a str,
        /// How many workers.
        workers: u16,
        /// How many tasks.
        tasks: u16,
    },
    /// `bound`: a worker begins a task.
    TaskStart {
        /// The task's number, from 1, in its pool.
        task: u16,
        /// What the task is: `compute` or `io`.
        kind: &'a str,
    },
    /// `bound`: a worker has done its task.
    TaskDone {
        /// The task's number, from 1, in its pool.
        task: u16,
        /// What the task was: `compute` or `io`.
        kind: &'a str,
        /// How long it took.
        seconds: f64,
        /// How much processor time the worker used for it.
        processor_seconds: f64,
    },
    /// `async`: who comes to the ticket office in this run.
    Customers {
        /// How long the office needs for each, after division by `--speed`, from customer 1 on.
        delays: &'a [f64],
        /// What is printed of them.
        #[serde(skip)]
        line: String,
    },
    /// `async`: a customer is about to ask the office for a ticket.
    Request {
        /// The customer's number, from 1.
        customer: u16,
    },
    /// `async`: a customer has been handed a ticket.
    Served {
        /// The customer's number, from 1.
        customer: u16,
    },

    /// `spawn`: the parent is about to start a child.
    WillStart,
    /// `spawn`: a turn of the child's loop; a thread is started next.
    Turn {
        /// The turn's number, from 0.
        i: u16,
    },
    /// `spawn`: the child has left its loop. Its threads may still run.
    Ended,
    /// `spawn`: the parent goes on after the join that it waited in.
    AfterJoin,
}

/// A call of Python's `multiprocessing` that can block or be refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Call {
    /// `Queue.get()`
    Get,
    /// `Connection.send()`
    Send,
    /// `Connection.recv()`
    Recv,
    /// `Thread.join()`
    Join,
}

impl Call {
    /// Its name in the log, which is Python's.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

impl Event<'_> {
    /// Its name in the log.
    pub fn name(&self) -> &'static str {
        self.into()
    }

    /// What a person has to be told beside the article's lines, if anything.
    pub fn message(&self) -> Option<&str> {
        match self {
            Event::Refused { message, .. } | Event::Error { message } => Some(message),
            Event::Kill { message, .. } => *message,
            _ => None,
        }
    }

    /// The line that the article's program prints at this point, without its newline, if it prints one.
    /// `who` is the process that the event happens to.
    pub fn line(&self, who: &Who) -> Option<String> {
        let pid = who.pid;
        match self {
            Event::Running => running(who),
            Event::Put { value } => Some(format!("Put {} to queue...", str(value))),
            Event::Get { value } => Some(format!("Get {} from queue.", str(value))),
            Event::Print { value } => Some(repr(value)),

            Event::Turn { i } => Some(format!("thread MainThread >>> {i}")),
            Event::Ended => Some("thread MainThread ended.".into()),
            Event::WillStart => Some("Child process will start.".into()),
            Event::AfterJoin => Some("Child process end.".into()),

            Event::Counter { value, address } => {
                let who = match who.role.as_str() {
                    "parent" => "Parent",
                    _ => "Child",
                };
                Some(format!(
                    "{who} process {pid}: counter = {value} at {address}"
                ))
            }
            Event::Measured { line, .. } | Event::Customers { line, .. } | Event::Say { line } => {
                Some(line.clone())
            }

            Event::Run { .. }
            | Event::Started { .. }
            | Event::Join { .. }
            | Event::Joined { .. }
            | Event::Terminate { .. }
            | Event::Kill { .. }
            | Event::Exited { .. }
            | Event::Progress { .. }
            | Event::Pool { .. }
            | Event::TaskStart { .. }
            | Event::TaskDone { .. }
            | Event::Request { .. }
            | Event::Served { .. }
            | Event::Sleep { .. }
            | Event::Wait { .. }
            | Event::PutSentinel
            | Event::GetSentinel
            | Event::EndOfFile
            | Event::Send { .. }
            | Event::Recv { .. }
            | Event::Refused { .. }
            | Event::Error { .. } => None,
        }
    }
}

/// The line with which a process or thread begins, by the part that it plays.
fn running(who: &Who) -> Option<String> {
    let pid = who.pid;
    // `writer-2` is a writer, and so is the `queue-writer` that a person starts in a shell.
    let part = who
        .role
        .split('-')
        .rfind(|part| part.parse::<u16>().is_err());
    match (part.unwrap_or_default(), &who.thread) {
        ("parent", None) => Some(format!("Parent process {pid}")),
        ("writer", None) => Some(format!("Process to write: {pid}")),
        ("reader", None) => Some(format!("Process to read: {pid}")),
        // The name of the first thread of *every* process: it tells nobody which process this is.
        ("child", None) => Some("thread MainThread is running...".into()),
        ("child", Some(_)) => Some("这是多线程启动的".into()),
        _ => None,
    }
}
