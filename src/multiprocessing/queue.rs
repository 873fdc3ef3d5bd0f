//! A queue between processes: one kernel pipe, and no thread in between.
//!
//! CPython's `Queue` is a pipe, two locks and a thread in each process that puts; the locks keep
//! readers from tearing each other's values, and a reader that is killed while it holds one blocks
//! all others for ever. Here the kernel does that work. A value is one line of JSON in one write,
//! short enough that the kernel never tears it (`PIPE_BUF`); where several readers compete, the
//! pipe is in packet mode, in which one read takes exactly one write (pipe(2), O_DIRECT). So nobody
//! holds a lock, and a killed reader harms nobody.
//!
//! The price: a value is at most 4,096 bytes long, and `put` blocks when the pipe is full.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use os_pipe::PipeReader;
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use serde_json::Value;

use super::channel::Channel;
use super::ends::{ReadEnd, SigtermHeld, StdinPipe, Waiting, WriteEnd, bare};
use super::interruption::in_call;
use super::messages::{self, MessageReader, MessageWriter};
use super::parent::Parent;
use crate::arguments::ValueArg;
use crate::events::{Because as _, Call, Event, Log, PIPE_BUF, Reason};
use crate::os::streams::stdout;

/// The sentinel: EOT, the byte that Ctrl-D sends. No JSON text begins with it, so no value equals
/// it.
const SENTINEL: &[u8] = b"\x04";

/// A queue as the parent opens it: both ends of one pipe.
///
/// The ends are apart so that they can be closed apart. While the parent holds the put end, no
/// reader ever gets EOF; while it holds the get end, no writer ever learns that all readers are
/// gone.
pub struct Queue {
    pub(super) put_end: PutEnd,
    pub(super) get_end: GetEnd,
}

pub struct PutEnd {
    writer: MessageWriter,
    channel: Channel,
}

pub struct GetEnd {
    reader: MessageReader,
    channel: Channel,
}

/// What came out of a queue.
pub enum Got {
    Value(Value),
    /// The sentinel: the reader that gets it gets nothing more.
    Sentinel,
    /// Every write end is closed, so nothing can come any more.
    EndOfFile,
}

impl Queue {
    pub(super) fn open(name: String, readers: u16, parent: &Arc<Parent>) -> Result<Queue> {
        let pipe = parent.children.ends.pipe();
        let (reader, writer) = pipe.because(|| Reason::CannotOpenPipe {})?;
        if readers > 1 {
            let flags = fcntl_getfl(&writer);
            let set = flags.and_then(|flags| fcntl_setfl(&writer, flags | OFlags::DIRECT));
            set.because(|| Reason::NoPacketMode {})?;
        }
        let channel = Channel::of_parent(name, Arc::clone(parent));
        let put_end = PutEnd::new(WriteEnd::Pipe(writer), channel.clone());
        let get_end = GetEnd::new(ReadEnd::Pipe(reader), channel);
        Ok(Queue { put_end, get_end })
    }

    pub fn silent(self) -> Queue {
        Queue { put_end: self.put_end.silent(), get_end: self.get_end.silent() }
    }

    /// A queue that logs waits, but no values: the lesson logs them in its own events.
    pub fn only_waits(mut self) -> Queue {
        self.put_end.channel.only_waits();
        self.get_end.channel.only_waits();
        self
    }

    pub fn into_ends(self) -> (PutEnd, GetEnd) {
        (self.put_end, self.get_end)
    }

    /// Closes this process's get end.
    pub fn close_get_end(self) -> PutEnd {
        self.put_end
    }

    /// Closes this process's put end.
    pub fn close_put_end(self) -> GetEnd {
        self.get_end
    }
}

impl PutEnd {
    fn new(end: WriteEnd, channel: Channel) -> PutEnd {
        PutEnd { writer: MessageWriter::new(end), channel }
    }

    pub(super) fn stdout(name: Option<String>, log: &Log) -> PutEnd {
        PutEnd::new(WriteEnd::Stdout(stdout()), Channel::of_child(name, log))
    }

    pub(super) fn end(&self) -> &WriteEnd {
        self.writer.pipe()
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.channel.name()
    }

    /// See [`Connection::silent`](super::Connection::silent).
    pub fn silent(mut self) -> PutEnd {
        self.channel.silence();
        self
    }

    /// Puts a value; waits while the pipe is full. When this returns, the value is in the pipe, and
    /// not with a feeder thread.
    #[track_caller]
    pub fn put(&mut self, value: &Value) -> Result<()> {
        self.log_and_put(value, None)
    }

    /// Prints a line, then puts a value. Both are one event of the log.
    #[track_caller]
    pub fn print_and_put(&mut self, line: impl AsRef<str>, value: &Value) -> Result<()> {
        self.log_and_put(value, Some(line.as_ref()))
    }

    #[track_caller]
    fn log_and_put(&mut self, value: &Value, line: Option<&str>) -> Result<()> {
        // First the event, then the put. The other way round, a reader's `get` could be logged
        // before the `put`.
        let event = Event::Put { value: Cow::Borrowed(value), on: self.channel.on(), number: None };
        self.channel.log(event, line)?;
        let length = self.writer.encode(value)?;
        check_length(length)?;
        self.writer.write(Reason::NoReader {}, self.channel.parent())
    }

    /// Puts the sentinel, for one reader.
    #[track_caller]
    pub fn put_sentinel(&mut self) -> Result<()> {
        self.channel.log(Event::PutSentinel { on: self.channel.on() }, None)?;
        self.writer.set(SENTINEL);
        self.writer.write(Reason::NoReader {}, self.channel.parent())
    }
}

impl GetEnd {
    fn new(end: ReadEnd, channel: Channel) -> GetEnd {
        GetEnd { reader: MessageReader::new(end, PIPE_BUF as u64), channel }
    }

    /// The queue that is this child's stdin. A process may have only one, since it reads ahead.
    pub(super) fn stdin(name: Option<String>, log: &Log) -> GetEnd {
        let end = ReadEnd::Stdin(StdinPipe::default());
        GetEnd::new(end, Channel::of_child(name, log))
    }

    pub(super) fn end(&self) -> &ReadEnd {
        self.reader.pipe()
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.channel.name()
    }

    /// See [`Connection::silent`](super::Connection::silent).
    pub fn silent(mut self) -> GetEnd {
        self.channel.silence();
        self
    }

    /// The same end, which reaps the children of this process while it waits.
    pub(super) fn watched(mut self, parent: Arc<Parent>) -> GetEnd {
        self.wait_as(Waiting::Elsewhere);
        self.channel.watch(parent);
        self
    }

    /// The pipe end without this queue. Bytes that were read ahead are lost.
    pub fn into_pipe(self) -> io::Result<PipeReader> {
        match self.reader.into_pipe() {
            ReadEnd::Pipe(pipe) => bare(pipe, PipeReader::try_clone),
            ReadEnd::Stdin(_) => os_pipe::dup_stdin(),
        }
    }

    /// Whether nothing is in the queue right now, as Python's `empty()`. A moment later that may be
    /// wrong.
    #[track_caller]
    pub fn is_empty(&self) -> Result<bool> {
        let is_empty = !self.reader.is_ready_within(Duration::ZERO)?;
        if is_empty {
            self.channel.log(Event::Empty { on: self.channel.on() }, None)?;
        }
        Ok(is_empty)
    }

    /// Gets the next value; waits until there is one. In the parent it is an error when a child
    /// fails: the value that the child was about to put never comes, and the queue gives no EOF as
    /// long as it has other writers.
    #[track_caller]
    pub fn get(&mut self) -> Result<Got> {
        self.channel.waits(Call::Get)?;
        self.take_and_log(|_| None)
    }

    /// Gets the next value, then prints the line for it. Both are one event of the log.
    ///
    /// A value that was taken is gone from the queue. A child that is terminated right then would
    /// have taken the value without logging it. So SIGTERM is blocked from the read until the event
    /// is written. While the call waits, SIGTERM ends the child at once.
    #[track_caller]
    pub fn get_and_print(&mut self, line: impl FnOnce(&Value) -> String) -> Result<Got> {
        self.channel.waits(Call::Get)?;
        // A process with children passes SIGTERM on to them, and takes no value after that.
        if self.channel.parent().is_some() {
            return self.take_and_log(|value| Some(line(value)));
        }
        let _held = SigtermHeld::now()?;
        self.wait_as(Waiting::WithSigterm);
        let got = self.take_and_log(|value| Some(line(value)));
        self.wait_as(Waiting::Plain);
        got
    }

    #[track_caller]
    fn take_and_log(&mut self, line: impl FnOnce(&Value) -> Option<String>) -> Result<Got> {
        let cannot_get = || Reason::CannotGet {};
        let taken = self.reader.next(self.channel.parent());
        match taken.map_err(|error| in_call(error, cannot_get))? {
            None => {
                self.channel.log(Event::EndOfFile { on: self.channel.on() }, None)?;
                Ok(Got::EndOfFile)
            }
            Some(SENTINEL) => {
                self.channel.log(Event::GetSentinel { on: self.channel.on() }, None)?;
                Ok(Got::Sentinel)
            }
            Some(_) => {
                let value = self.reader.value().because(cannot_get)?;
                let event = Event::Get {
                    value: Cow::Borrowed(&value),
                    on: self.channel.on(),
                    number: None,
                };
                self.channel.log(event, line(&value).as_deref())?;
                Ok(Got::Value(value))
            }
        }
    }

    fn wait_as(&mut self, waiting: Waiting) {
        if let ReadEnd::Stdin(stdin) = self.reader.pipe_mut() {
            stdin.waiting = waiting;
        }
    }
}

/// Whether these values can be put into a queue: none of them is too long.
pub fn check_sizes(values: &[ValueArg]) -> Result<()> {
    let mut line = Vec::new();
    values.iter().try_for_each(|value| {
        messages::encode(&value.value(), &mut line)?;
        check_length(line.len())
    })
}

fn check_length(length: usize) -> Result<()> {
    ensure!(length <= PIPE_BUF, Reason::TooLong { bytes: length as u64 });
    Ok(())
}
