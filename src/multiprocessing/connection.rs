//! A pipe between two processes, and its two ends.
//!
//! CPython's `Pipe()` is a socket pair when two-way and one kernel pipe when one-way. Here it is one kernel pipe
//! a direction, because a child has them as its stdin and stdout. A value goes over it as a line of JSON:
//! `recv()` of CPython unpickles what it receives, which can run anybody's code; JSON can't.

use std::fmt;
use std::io::{self, BufRead, BufReader, Stdout, Write};

use anyhow::{Context as _, Result, bail};
use os_pipe::{PipeReader, PipeWriter};
use serde_json::Value;

use super::messages::{MessageReader, MessageWriter, PartnerGone};
use super::stdin::StdinPipe;

/// One end of a pipe, as Python's `Connection`: it can receive, send, or both.
pub struct Connection<R, W> {
    receiving: Option<MessageReader<R>>,
    sending: Option<MessageWriter<W>>,
}

/// An end that the parent holds.
pub type PipeConnection = Connection<BufReader<PipeReader>, PipeWriter>;

/// The end that a child holds.
pub type StdioConnection = Connection<BufReader<StdinPipe>, Stdout>;

/// The error of a call in the direction that a one-way pipe doesn't have.
#[derive(Debug)]
pub enum WrongDirection {
    /// `send` on the end that only receives.
    SendOnReceivingEnd,
    /// `recv` on the end that only sends.
    RecvOnSendingEnd,
}

impl fmt::Display for WrongDirection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            WrongDirection::SendOnReceivingEnd => {
                "cannot send: this is the receiving end of a one-way pipe (duplex=False)"
            }
            WrongDirection::RecvOnSendingEnd => {
                "cannot receive: this is the sending end of a one-way pipe (duplex=False)"
            }
        })
    }
}

impl std::error::Error for WrongDirection {}

/// Opens a pipe, as Python's `Pipe(duplex)`. When it is not `duplex`, the first end can only receive and the
/// second only send.
///
/// # Errors
/// When no pipe can be had.
pub fn pipe(duplex: bool) -> Result<(PipeConnection, PipeConnection)> {
    let open = || os_pipe::pipe().context("cannot open a pipe");
    let buffered = |pipe| BufReader::with_capacity(PIPE_CAPACITY, pipe);

    let (first_receives, second_sends) = open()?;
    let (second_receives, first_sends) = duplex.then(open).transpose()?.unzip();
    let first = Connection::new(Some(buffered(first_receives)), first_sends);
    let second = Connection::new(second_receives.map(buffered), Some(second_sends));
    Ok((first, second))
}

/// How many bytes a pipe holds on Linux (pipe(7)): whoever reads that many at a time empties it in one call.
pub(super) const PIPE_CAPACITY: usize = 1 << 16;

impl StdioConnection {
    /// The end that this child was started with: the second one.
    pub fn stdio(duplex: bool) -> StdioConnection {
        let stdin = || BufReader::with_capacity(PIPE_CAPACITY, StdinPipe::default());
        Connection::new(duplex.then(stdin), Some(io::stdout()))
    }
}

impl PipeConnection {
    /// The bare pipes, receiving and sending, to be used without this connection. What was read ahead is lost.
    pub fn into_pipes(self) -> (Option<PipeReader>, Option<PipeWriter>) {
        let receiving = self
            .receiving
            .map(|reader| reader.into_input().into_inner());
        (receiving, self.sending.map(MessageWriter::into_pipe))
    }
}

impl<R: BufRead, W: Write> Connection<R, W> {
    fn new(receiving: Option<R>, sending: Option<W>) -> Connection<R, W> {
        Connection {
            receiving: receiving.map(|input| MessageReader::new(input, u64::MAX)),
            sending: sending.map(MessageWriter::new),
        }
    }

    /// Sends a value of any size. Waits while the pipe is full, that is, until the other end receives.
    ///
    /// # Errors
    /// [`WrongDirection`], or that the other end is closed.
    pub fn send(&mut self, value: &Value) -> Result<()> {
        let Some(sending) = &mut self.sending else {
            bail!(WrongDirection::SendOnReceivingEnd);
        };
        sending.encode(value)?;
        sending.write("cannot send: the other end of the pipe is closed")
    }

    /// Receives the next value; waits until it is there.
    ///
    /// # Errors
    /// [`WrongDirection`]; that the other end is closed, where Python raises `EOFError`; or that what came is
    /// no value.
    pub fn recv(&mut self) -> Result<Value> {
        let Some(receiving) = &mut self.receiving else {
            bail!(WrongDirection::RecvOnSendingEnd);
        };
        let line = receiving.next().context("cannot receive from the pipe")?;
        if line.is_none() {
            bail!(PartnerGone(
                "cannot receive: the other end of the pipe is closed (EOFError in Python)"
            ));
        }
        receiving.value().context("cannot receive from the pipe")
    }
}
