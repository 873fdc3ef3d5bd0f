//! A process that is still to be started.

use std::io;
use std::process::Stdio;
use std::sync::Arc;

use anyhow::Result;
use os_pipe::{PipeReader, PipeWriter};

use super::command_line::Words;
use super::connection::Connection;
use super::current_process::CurrentProcess;
use super::ends::bare;
use super::lock::Lock;
use super::output::PrintedTo;
use super::queue::{GetEnd, PutEnd, Queue};
use super::shared_value::SharedValue;

/// A process that is still to be started: Python's `Process` object before its `start()`.
pub struct NewProcess<'a> {
    pub(super) target: &'static str,
    pub(super) words: Result<Words>,
    pub(super) is_foreign: bool,
    /// The user's command that it will run, if it is one.
    pub(super) command: Option<String>,
    /// It ends others before it ends itself.
    pub(super) stands_between: bool,
    pub(super) lives_on: bool,
    pub(super) stdin: Stdin<'a>,
    pub(super) stdout: Stdout<'a>,
}

/// What becomes a child's stdin. It never touches the user's.
pub(super) enum Stdin<'a> {
    Null,
    /// What this process has itself.
    Own(Option<String>),
    Queue(&'a GetEnd),
    Pipe(Arc<PipeReader>, Option<String>),
    Value(&'a SharedValue),
}

/// What becomes a child's stdout. It never touches the terminal.
pub(super) enum Stdout<'a> {
    Null,
    /// What this process has itself.
    Own(Option<String>),
    Queue(&'a PutEnd),
    Pipe(Arc<PipeWriter>, Option<String>),
    Lock(&'a Lock),
    Output(PrintedTo),
}

impl<'a> NewProcess<'a> {
    pub(super) fn new(target: &'static str, words: Result<Words>) -> NewProcess<'a> {
        NewProcess {
            target,
            words,
            is_foreign: false,
            command: None,
            stands_between: false,
            lives_on: false,
            stdin: Stdin::Null,
            stdout: Stdout::Null,
        }
    }

    /// A process that will become another program, which knows nothing of the log.
    pub fn becomes_foreign(self) -> NewProcess<'a> {
        NewProcess { is_foreign: true, ..self }
    }

    /// A process that will become a command of the user's.
    pub(super) fn becomes_command(self, command: String) -> NewProcess<'a> {
        NewProcess { command: Some(command), ..self.becomes_foreign() }
    }

    /// A process that passes SIGTERM on to one of its own, and waits for its end: it gets twice the
    /// time for that.
    pub fn stands_between(self) -> NewProcess<'a> {
        NewProcess { stands_between: true, ..self }
    }

    /// The process reads there: a pipe that has no name in the log.
    pub(super) fn reads_from(self, end: PipeReader) -> NewProcess<'a> {
        let stdin = Stdin::Pipe(Arc::new(end), None);
        NewProcess { stdin, ..self }
    }

    /// The process writes there, likewise.
    pub(super) fn writes_to(self, end: PipeWriter) -> NewProcess<'a> {
        let stdout = Stdout::Pipe(Arc::new(end), None);
        NewProcess { stdout, ..self }
    }

    /// A process that lives on when its parent dies, as one of Python's does that is no `daemon`.
    /// It has to end by itself: when its end of a pipe comes to its end, say.
    pub fn lives_on(self) -> NewProcess<'a> {
        NewProcess { lives_on: true, ..self }
    }

    /// The process has the ends that this one was started with.
    pub fn with_the_ends_of(self, process: &CurrentProcess) -> NewProcess<'a> {
        let (stdin, stdout) = process.ends();
        NewProcess {
            stdin: Stdin::Own(stdin.map(str::to_owned)),
            stdout: Stdout::Own(stdout.map(str::to_owned)),
            ..self
        }
    }

    /// See [`Target::puts_to`](super::Target::puts_to).
    pub fn puts_to(self, queue: &'a Queue) -> NewProcess<'a> {
        let stdout = Stdout::Queue(&queue.put_end);
        NewProcess { stdout, ..self }
    }

    /// See [`Target::gets_from`](super::Target::gets_from).
    pub fn gets_from(self, queue: &'a Queue) -> NewProcess<'a> {
        let stdin = Stdin::Queue(&queue.get_end);
        NewProcess { stdin, ..self }
    }

    /// The process has this lock, too, if there is one: as its stdout.
    pub fn takes_turns_at(self, lock: Option<&'a Lock>) -> NewProcess<'a> {
        let stdout = lock.map_or(self.stdout, Stdout::Lock);
        NewProcess { stdout, ..self }
    }

    /// See [`Target::shares_value`](super::Target::shares_value).
    pub fn shares_value(self, value: &'a SharedValue) -> NewProcess<'a> {
        let stdin = Stdin::Value(value);
        NewProcess { stdin, ..self }
    }

    /// What the process prints goes there: it is its stdout, of which the parent keeps no copy.
    pub fn prints_to(self, end: PrintedTo) -> NewProcess<'a> {
        let stdout = Stdout::Output(end);
        NewProcess { stdout, ..self }
    }

    /// See [`Target::holds`](super::Target::holds).
    pub fn holds(self, end: Connection) -> NewProcess<'a> {
        self.shares(&end)
    }

    /// See [`Target::shares`](super::Target::shares).
    pub fn shares(self, end: &Connection) -> NewProcess<'a> {
        let name = end.name().map(str::to_owned);
        let (receiving, sending) = end.ends();
        let of_pipe = |pipe| Stdin::Pipe(pipe, name.clone());
        NewProcess {
            stdin: receiving.map_or(Stdin::Null, of_pipe),
            stdout: sending.map_or(Stdout::Null, |pipe| Stdout::Pipe(pipe, name)),
            ..self
        }
    }
}

impl Stdin<'_> {
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Stdin::Null | Stdin::Value(_) => None,
            Stdin::Queue(end) => end.name(),
            Stdin::Pipe(_, name) | Stdin::Own(name) => name.as_deref(),
        }
    }

    pub(super) fn open(self) -> io::Result<Stdio> {
        Ok(match self {
            Stdin::Null => Stdio::null(),
            Stdin::Own(_) => Stdio::inherit(),
            Stdin::Queue(end) => end.end().try_clone()?.into(),
            Stdin::Pipe(pipe, _) => bare(pipe, PipeReader::try_clone)?.into(),
            Stdin::Value(value) => value.try_clone()?.into(),
        })
    }
}

impl Stdout<'_> {
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Stdout::Null => None,
            Stdout::Queue(end) => end.name(),
            Stdout::Pipe(_, name) | Stdout::Own(name) => name.as_deref(),
            Stdout::Lock(lock) => Some(lock.name()),
            Stdout::Output(end) => Some(end.name()),
        }
    }

    pub(super) fn open(self) -> io::Result<Stdio> {
        Ok(match self {
            Stdout::Null => Stdio::null(),
            Stdout::Own(_) => Stdio::inherit(),
            Stdout::Queue(end) => end.end().try_clone()?.into(),
            Stdout::Pipe(pipe, _) => bare(pipe, PipeWriter::try_clone)?.into(),
            Stdout::Lock(lock) => lock.try_clone()?.into(),
            Stdout::Output(end) => end.into(),
        })
    }
}
