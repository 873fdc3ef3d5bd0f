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
    /// The user's command that it will run, if it is one.
    pub(super) command: Option<String>,
    pub(super) is_go_between: bool,
    pub(super) outlives_parent: bool,
    pub(super) stdin: ChildEnd<'a>,
    pub(super) stdout: ChildEnd<'a>,
}

/// What becomes a child's stdin or stdout. It is never the user's, and never the terminal.
pub(super) struct ChildEnd<'a> {
    /// The name of the queue, pipe or lock.
    pub(super) name: Option<String>,
    /// Opens it when the child is started: so many children may be described as one likes, and only
    /// those that start take descriptors.
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
/// of one. Each method says one thing more of that process.
pub trait IntoProcess<'a>: Sized {
    fn into_process(self) -> NewProcess<'a>;

    /// It will become another program, which knows nothing of the log.
    fn becomes_foreign(self) -> NewProcess<'a> {
        NewProcess { is_foreign: true, ..self.into_process() }
    }

    /// It will become this command of the user's.
    fn becomes_command(self, command: String) -> NewProcess<'a> {
        NewProcess { command: Some(command), ..self.becomes_foreign() }
    }

    /// It passes SIGTERM on to a child of its own, and waits for that one's end: so it gets twice
    /// the time for its own.
    fn into_go_between(self) -> NewProcess<'a> {
        NewProcess { is_go_between: true, ..self.into_process() }
    }

    /// It lives on when its parent dies, as one of Python's does that is no `daemon`. It has to end
    /// by itself: when its end of a pipe comes to its end, say.
    fn outlives_parent(self) -> NewProcess<'a> {
        NewProcess { outlives_parent: true, ..self.into_process() }
    }

    /// It inherits the stdin and stdout of this process, which have these names.
    fn inherits(self, (stdin, stdout): (Option<&str>, Option<&str>)) -> NewProcess<'a> {
        NewProcess {
            stdin: ChildEnd::inherited(stdin),
            stdout: ChildEnd::inherited(stdout),
            ..self.into_process()
        }
    }

    /// It puts into this queue: its stdout is one more write end of the queue's pipe.
    fn puts_to(self, queue: &'a Queue) -> NewProcess<'a> {
        let end = &queue.put_end;
        let stdout = ChildEnd::new(end.name(), || end.end().try_clone());
        NewProcess { stdout, ..self.into_process() }
    }

    /// It gets from this queue: its stdin is one more read end of the queue's pipe.
    fn gets_from(self, queue: &'a Queue) -> NewProcess<'a> {
        let end = &queue.get_end;
        let stdin = ChildEnd::new(end.name(), || end.end().try_clone());
        NewProcess { stdin, ..self.into_process() }
    }

    /// It has this lock, too, if there is one: as its stdout.
    fn shares_lock(self, lock: Option<&'a Lock>) -> NewProcess<'a> {
        let process = self.into_process();
        let Some(lock) = lock else { return process };
        let stdout = ChildEnd::new(Some(lock.name()), || lock.try_clone());
        NewProcess { stdout, ..process }
    }

    /// It shares this value: its stdin is the value's file.
    fn shares_value(self, value: &'a SharedValue) -> NewProcess<'a> {
        let stdin = ChildEnd::new(None, || value.try_clone());
        NewProcess { stdin, ..self.into_process() }
    }

    /// What it prints goes there: that is its stdout, of which the parent keeps no copy.
    fn prints_to(self, end: PrintedTo) -> NewProcess<'a> {
        let stdout = ChildEnd::new(Some(end.name), || Ok(end.end));
        NewProcess { stdout, ..self.into_process() }
    }

    /// It has this end of a pipe. From its start on, the parent has it no more.
    fn holds(self, end: Connection) -> NewProcess<'a> {
        self.shares(&end)
    }

    /// It has this end of a pipe, and the parent keeps it, too, as it does in Python. Then the
    /// other end never comes to end-of-file.
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

    /// Its stdin is this pipe, which has no name in the log.
    fn reads_from(self, pipe: PipeReader) -> NewProcess<'a> {
        NewProcess { stdin: ChildEnd::new(None, || Ok(pipe)), ..self.into_process() }
    }

    /// Its stdout is this pipe, which has no name in the log.
    fn writes_to(self, pipe: PipeWriter) -> NewProcess<'a> {
        NewProcess { stdout: ChildEnd::new(None, || Ok(pipe)), ..self.into_process() }
    }
}

impl<'a> IntoProcess<'a> for NewProcess<'a> {
    fn into_process(self) -> NewProcess<'a> {
        self
    }
}
