//! A queue between processes: one kernel pipe, and nobody in between.
//!
//! CPython's `Queue` is a pipe, two locks and a thread in each process that puts; the locks keep readers from
//! tearing each other's values, and a reader that is killed while it holds one blocks all others for ever.
//! Here the kernel does that work. A value is one line of JSON in one write, short enough that the kernel
//! never tears it (`PIPE_BUF`); where several readers compete, the pipe is in packet mode, in which one read
//! takes exactly one write (pipe(2), O_DIRECT). So nobody holds a lock, and a killed reader harms nobody.
//!
//! The price: a value is at most 4,096 bytes long, and `put` blocks when the pipe is full.

use std::io::{self, BufRead, BufReader, Stdin, StdinLock, Stdout, Write};

use anyhow::{Context as _, Result, bail};
use os_pipe::{PipeReader, PipeWriter};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;
use serde_json::Value;

use super::messages::{Lines, encode, write_message};
use crate::events::PIPE_BUF;

/// The end mark: EOT, the byte that Ctrl-D sends. No JSON text begins with it, so no value equals it.
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
    pipe: W,
}

/// The end of a queue where values are got.
pub struct GetEnd<R> {
    lines: Lines<R>,
}

/// What came out of a queue.
pub enum Got {
    /// A value.
    Value(Value),
    /// The end mark: whoever gets it gets nothing more.
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
            put_end: PutEnd { pipe: writer },
            get_end: GetEnd::new(BufReader::new(reader)),
        })
    }
}

impl PutEnd<Stdout> {
    /// The queue that this child was started with.
    pub fn stdout() -> PutEnd<Stdout> {
        PutEnd { pipe: io::stdout() }
    }
}

impl GetEnd<StdinLock<'static>> {
    /// The queue that this child was started with.
    pub fn stdin() -> GetEnd<StdinLock<'static>> {
        GetEnd::new(Stdin::lock(&io::stdin()))
    }
}

impl PutEnd<PipeWriter> {
    pub(super) fn try_clone_pipe(&self) -> io::Result<PipeWriter> {
        self.pipe.try_clone()
    }
}

impl GetEnd<BufReader<PipeReader>> {
    pub(super) fn try_clone_pipe(&self) -> io::Result<PipeReader> {
        self.lines.input().get_ref().try_clone()
    }

    /// Gets the next value as [`GetEnd::get`] does, but waits no longer than `timeout`: nothing then, where Python's
    /// `get(timeout=...)` raises `Empty`.
    ///
    /// # Errors
    /// As for [`GetEnd::get`].
    pub fn get_within(&mut self, timeout: &Timespec) -> Result<Option<Got>> {
        let input = self.lines.input();
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
        self.write(&encode_within_limit(value)?)
    }

    /// Puts the end mark, for one reader.
    ///
    /// # Errors
    /// When no reader is left.
    pub fn put_sentinel(&mut self) -> Result<()> {
        self.write(&[SENTINEL, b"\n"].concat())
    }

    fn write(&mut self, line: &[u8]) -> Result<()> {
        let gone = "cannot put into the queue: it has no reader any more";
        write_message(&mut self.pipe, line, gone)
    }
}

impl<R: BufRead> GetEnd<R> {
    fn new(input: R) -> GetEnd<R> {
        GetEnd {
            lines: Lines::new(input, PIPE_BUF as u64),
        }
    }

    /// Gets the next value; waits until there is one.
    ///
    /// # Errors
    /// When what came is neither a value nor the end mark; the message names the line.
    pub fn get(&mut self) -> Result<Got> {
        let line = self.lines.next().context("cannot get from the queue")?;
        match line {
            None => Ok(Got::EndOfFile),
            Some(SENTINEL) => Ok(Got::Sentinel),
            Some(_) => {
                let value = self.lines.value().context("cannot get from the queue")?;
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
    encode_within_limit(value).map(|_| ())
}

fn encode_within_limit(value: &Value) -> Result<Vec<u8>> {
    let line = encode(value)?;
    if line.len() > PIPE_BUF {
        bail!(
            "a value of {} bytes is too long for a queue: as a line of JSON it may have {PIPE_BUF} bytes, \
             because the kernel keeps no longer write in one piece; a pipe takes any size",
            line.len()
        );
    }
    Ok(line)
}
