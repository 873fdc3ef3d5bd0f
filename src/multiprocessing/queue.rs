//! A queue between processes: one kernel pipe, and nobody in between.
//!
//! CPython's `Queue` is a pipe, two locks and a thread in each process that puts; the locks keep readers from
//! tearing each other's values, and a reader that is killed while it holds one blocks all others for ever.
//! Here the kernel does that work. A value is one line of JSON in one write, short enough that the kernel
//! never tears it (`PIPE_BUF`); where several readers compete, the pipe is in packet mode, in which one read
//! takes exactly one write (pipe(2), O_DIRECT). So nobody holds a lock, and a killed reader harms nobody.
//!
//! The price: a value is at most 4,096 bytes long, and `put` blocks when the pipe is full.

use std::io::{self, BufRead, BufReader, Stdout, Write};

use anyhow::{Context as _, Result, ensure};
use os_pipe::{PipeReader, PipeWriter};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;
use serde_json::Value;

use super::connection::PIPE_CAPACITY;
use super::messages::{MessageReader, MessageWriter};
use super::stdin::{SigtermHeld, StdinPipe};
use crate::events::PIPE_BUF;

/// The sentinel: EOT, the byte that Ctrl-D sends. No JSON text begins with it, so no value equals it.
const SENTINEL: &[u8] = b"\x04";

/// A queue as the parent opens it: both ends of one pipe.
///
/// The ends are apart so that they can be dropped apart. While the parent holds `put_end`, no reader ever
/// sees the queue end; while it holds `get_end`, no writer ever learns that all readers are gone.
pub struct Queue {
    /// Where values are put.
    pub put_end: PutEnd<PipeWriter>,
    /// Where values are got.
    pub get_end: GetEnd<BufReader<PipeReader>>,
}

/// The end of a queue where values are put.
pub struct PutEnd<W> {
    writer: MessageWriter<W>,
}

/// The end of a queue where values are got.
pub struct GetEnd<R> {
    reader: MessageReader<R>,
}

/// The end that a child gets from.
pub type StdinGetEnd = GetEnd<BufReader<StdinPipe>>;

/// What came out of a queue.
pub enum Got {
    /// A value.
    Value(Value),
    /// The sentinel: whoever gets it gets nothing more.
    Sentinel,
    /// Every write end is closed, so nothing can come any more.
    EndOfFile,
}

impl Queue {
    /// Opens a queue for this many readers.
    ///
    /// # Errors
    /// When no pipe can be had, or when it can't be put in packet mode.
    pub fn new(readers: u16) -> Result<Queue> {
        let (reader, writer) = os_pipe::pipe().context("cannot open a pipe for the queue")?;
        if readers > 1 {
            fcntl_getfl(&writer)
                .and_then(|flags| fcntl_setfl(&writer, flags | OFlags::DIRECT))
                .context("cannot put the queue's pipe in packet mode for several readers")?;
        }
        Ok(Queue {
            put_end: PutEnd {
                writer: MessageWriter::new(writer),
            },
            get_end: GetEnd::new(BufReader::with_capacity(PIPE_CAPACITY, reader)),
        })
    }
}

impl PutEnd<Stdout> {
    /// The queue that this child was started with.
    pub fn stdout() -> PutEnd<Stdout> {
        PutEnd {
            writer: MessageWriter::new(io::stdout()),
        }
    }
}

impl StdinGetEnd {
    /// The queue that this child was started with. One for the whole process: it may have read ahead.
    pub fn stdin() -> StdinGetEnd {
        let stdin = StdinPipe::default();
        GetEnd::new(BufReader::with_capacity(PIPE_CAPACITY, stdin))
    }

    /// Gets the next value as [`GetEnd::get`] does, and holds SIGTERM back until the guard that comes with it is
    /// dropped. While it waits for a value, SIGTERM ends the process at once.
    ///
    /// # Errors
    /// Those of [`GetEnd::get`].
    pub fn get_holding_sigterm(&mut self) -> Result<(Got, SigtermHeld)> {
        let held = SigtermHeld::now()?;
        self.reader.input_mut().get_mut().holds_sigterm = true;
        let got = self.get();
        self.reader.input_mut().get_mut().holds_sigterm = false;
        Ok((got?, held))
    }
}

impl PutEnd<PipeWriter> {
    pub(super) fn try_clone_pipe(&self) -> io::Result<PipeWriter> {
        self.writer.pipe().try_clone()
    }
}

impl GetEnd<BufReader<PipeReader>> {
    /// The bare pipe, to be read without this queue. What was read ahead is lost.
    pub fn into_pipe(self) -> PipeReader {
        self.reader.into_input().into_inner()
    }

    pub(super) fn try_clone_pipe(&self) -> io::Result<PipeReader> {
        self.reader.input().get_ref().try_clone()
    }

    /// Gets the next value as [`GetEnd::get`] does, but waits no longer than `timeout`: nothing then, where Python's
    /// `get(timeout=...)` raises `Empty`.
    ///
    /// # Errors
    /// As for [`GetEnd::get`].
    pub fn get_within(&mut self, timeout: &Timespec) -> Result<Option<Got>> {
        let input = self.reader.input();
        // What was read ahead is not in the pipe any more, so the kernel does not know of it.
        if input.buffer().is_empty() {
            let mut fds = [PollFd::new(input.get_ref(), PollFlags::IN)];
            match poll(&mut fds, Some(timeout)) {
                Ok(0) | Err(Errno::INTR) => return Ok(None),
                Ok(_) => {}
                Err(error) => return Err(error).context("cannot wait for the queue"),
            }
        }
        self.get().map(Some)
    }
}

impl<W: Write> PutEnd<W> {
    /// Puts a value; waits while the pipe is full. The value is in the pipe when this returns: there is no
    /// thread in between that still has it.
    ///
    /// # Errors
    /// When the value is too long, or when no reader is left.
    pub fn put(&mut self, value: &Value) -> Result<()> {
        let length = self.writer.encode(value)?;
        check_length(length)?;
        self.writer.write(NO_READER)
    }

    /// Puts the sentinel, for one reader.
    ///
    /// # Errors
    /// When no reader is left.
    pub fn put_sentinel(&mut self) -> Result<()> {
        self.writer.set(SENTINEL);
        self.writer.write(NO_READER)
    }
}

const NO_READER: &str = "cannot put into the queue: it has no reader any more";

impl<R: BufRead> GetEnd<R> {
    fn new(input: R) -> GetEnd<R> {
        GetEnd {
            reader: MessageReader::new(input, PIPE_BUF as u64),
        }
    }

    /// Gets the next value; waits until there is one.
    ///
    /// # Errors
    /// When what came is neither a value nor the sentinel; the message names the line.
    pub fn get(&mut self) -> Result<Got> {
        let line = self.reader.next().context("cannot get from the queue")?;
        match line {
            None => Ok(Got::EndOfFile),
            Some(SENTINEL) => Ok(Got::Sentinel),
            Some(_) => {
                let value = self.reader.value().context("cannot get from the queue")?;
                Ok(Got::Value(value))
            }
        }
    }
}

/// Whether a value can be put into a queue.
///
/// # Errors
/// When it is too long; the message says how long it is and may be.
pub fn check_size(value: &Value) -> Result<()> {
    check_length(MessageWriter::new(io::sink()).encode(value)?)
}

fn check_length(length: usize) -> Result<()> {
    ensure!(
        length <= PIPE_BUF,
        "a value of {length} bytes is too long for a queue: as a line of JSON it may have {PIPE_BUF} bytes, because \
         the kernel keeps no longer write in one piece; a pipe takes any size"
    );
    Ok(())
}
