//! A process that is still to be started.

use std::io;
use std::process::Stdio;

use os_pipe::{PipeReader, PipeWriter};

use super::command_line::Words;
use super::connection::Connection;
use super::ends::bare;
use super::lock::Lock;
use super::output::PrintedTo;
use super::queue::Queue;
use super::shared_value::SharedValue;

/// A process that is still to be started: Python's `Process` object before its `start()`.
pub struct NewProcess<'a> {
    pub(super) target: &'static str,
    pub(super) words: serde_json::Result<Words>,
    pub(super) is_foreign: bool,
    /// The user's command that the process will run, if any.
    pub(super) command: Option<String>,
    pub(super) is_go_between: bool,
    pub(super) outlives_parent: bool,
    pub(super) stdin: ChildEnd<'a>,
    pub(super) stdout: ChildEnd<'a>,
}

/// A child's future stdin or stdout. It is never the user's, and never the terminal.
pub(super) struct ChildEnd<'a> {
    /// The name of the queue, pipe or lock.
    pub(super) name: Option<String>,
    /// Opens the end when the child is started, so that only children that are started take
    /// descriptors.
    pub(super) open: Box<dyn FnOnce() -> io::Result<Stdio> + 'a>,
}

impl<'a> ChildEnd<'a> {
    fn new<S: Into<Stdio>>(
        name: Option<&str>,
        open: impl FnOnce() -> io::Result<S> + 'a,
    ) -> ChildEnd<'a> {
        ChildEnd { name: name.map(str::to_owned), open: Box::new(|| open().map(Into::into)) }
    }

    pub(super) fn null() -> ChildEnd<'a> {
        ChildEnd::new(None, || Ok(Stdio::null()))
    }

    fn inherited(name: Option<&str>) -> ChildEnd<'a> {
        ChildEnd::new(name, || Ok(Stdio::inherit()))
    }
}

/// What can be started as a process: a [`Target`](super::Target), or a [`NewProcess`] that was made
/// of a target. Each method sets one property of the process.
pub trait IntoProcess<'a>: Sized {
    fn into_process(self) -> NewProcess<'a>;

    /// The process will become another program, which knows nothing of the log.
    fn becomes_foreign(self) -> NewProcess<'a> {
        NewProcess { is_foreign: true, ..self.into_process() }
    }

    /// The process will become this user's command.
    fn becomes_command(self, command: String) -> NewProcess<'a> {
        NewProcess { command: Some(command), ..self.becomes_foreign() }
    }

    /// The process is a go-between: it passes SIGTERM on to a child of its own, and waits for that
    /// child's end. So it gets twice the time to end.
    fn into_go_between(self) -> NewProcess<'a> {
        NewProcess { is_go_between: true, ..self.into_process() }
    }

    /// The process lives on when its parent dies, as a process of Python's without `daemon=True`.
    /// It has to end by itself: when its pipe comes to EOF, say.
    fn outlives_parent(self) -> NewProcess<'a> {
        NewProcess { outlives_parent: true, ..self.into_process() }
    }

    /// The process inherits the stdin and stdout of this process, which have these names.
    fn inherits(self, (stdin, stdout): (Option<&str>, Option<&str>)) -> NewProcess<'a> {
        NewProcess {
            stdin: ChildEnd::inherited(stdin),
            stdout: ChildEnd::inherited(stdout),
            ..self.into_process()
        }
    }

    /// The process puts into this queue: its stdout is one more write end of the queue's pipe.
    fn puts_to(self, queue: &'a Queue) -> NewProcess<'a> {
        let end = &queue.put_end;
        let stdout = ChildEnd::new(end.name(), || end.end().try_clone());
        NewProcess { stdout, ..self.into_process() }
    }

    /// The process gets from this queue: its stdin is one more read end of the queue's pipe.
    fn gets_from(self, queue: &'a Queue) -> NewProcess<'a> {
        let end = &queue.get_end;
        let stdin = ChildEnd::new(end.name(), || end.end().try_clone());
        NewProcess { stdin, ..self.into_process() }
    }

    /// The process shares this lock, if there is one, as its stdout.
    fn shares_lock(self, lock: Option<&'a Lock>) -> NewProcess<'a> {
        let process = self.into_process();
        let Some(lock) = lock else { return process };
        let stdout = ChildEnd::new(Some(lock.name()), || lock.try_clone());
        NewProcess { stdout, ..process }
    }

    /// The process shares this value: its stdin is the value's file.
    fn shares_value(self, value: &'a SharedValue) -> NewProcess<'a> {
        let stdin = ChildEnd::new(None, || value.try_clone());
        NewProcess { stdin, ..self.into_process() }
    }

    /// The process's stdout is this end, of which the parent keeps no copy.
    fn prints_to(self, end: PrintedTo) -> NewProcess<'a> {
        let stdout = ChildEnd::new(Some(end.name), || Ok(end.end));
        NewProcess { stdout, ..self.into_process() }
    }

    /// The process gets this end of a pipe. After the start, the parent no longer has it.
    fn holds(self, end: Connection) -> NewProcess<'a> {
        self.shares(&end)
    }

    /// The process gets this end of a pipe, and the parent keeps it, too, as in Python. Then the
    /// other end never gets EOF.
    fn shares(self, end: &Connection) -> NewProcess<'a> {
        let (receiving, sending) = end.ends();
        let stdin = |pipe| ChildEnd::new(end.name(), || bare(pipe, PipeReader::try_clone));
        let stdout = |pipe| ChildEnd::new(end.name(), || bare(pipe, PipeWriter::try_clone));
        NewProcess {
            stdin: receiving.map_or_else(ChildEnd::null, stdin),
            stdout: sending.map_or_else(ChildEnd::null, stdout),
            ..self.into_process()
        }
    }

    /// The process's stdin is this pipe, which has no name in the log.
    fn reads_from(self, pipe: PipeReader) -> NewProcess<'a> {
        NewProcess { stdin: ChildEnd::new(None, || Ok(pipe)), ..self.into_process() }
    }

    /// The process's stdout is this pipe, which has no name in the log.
    fn writes_to(self, pipe: PipeWriter) -> NewProcess<'a> {
        NewProcess { stdout: ChildEnd::new(None, || Ok(pipe)), ..self.into_process() }
    }
}

impl<'a> IntoProcess<'a> for NewProcess<'a> {
    fn into_process(self) -> NewProcess<'a> {
        self
    }
}
