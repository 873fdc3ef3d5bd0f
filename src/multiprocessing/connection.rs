//! A pipe between two processes, and its two ends.
//!
//! CPython's `Pipe()` is a socket pair when two-way and one kernel pipe when one-way. Here it is one kernel pipe
//! a direction, because a child has them as its stdin and stdout. A value goes over it as a line of JSON:
//! `recv()` of CPython unpickles what it receives, which can run anybody's code; JSON can't.

use std::fmt;
use std::io::{self, BufRead, BufReader, StdinLock, Stdout, Write};

use anyhow::{Context as _, Result, bail};
use os_pipe::{PipeReader, PipeWriter};
use serde_json::Value;

use super::messages::{Lines, PartnerGone, encode, write_message};

/// One end of a pipe, as Python's `Connection`: it can receive, send, or both.
pub struct Connection<R, W> {
    receiving: Option<Lines<R>>,
    sending: Option<W>,
}

/// An end that the parent holds.
pub type PipeConnection = Connection<BufReader<PipeReader>, PipeWriter>;

/// The end that a child holds.
pub type StdioConnection = Connection<StdinLock<'static>, Stdout>;

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
    let (first_receives, second_sends) = os_pipe::pipe().context("cannot open a pipe")?;
    let mut first = Connection::new(Some(BufReader::new(first_receives)), None);
    let mut second = Connection::new(None, Some(second_sends));
    if duplex {
        let (second_receives, first_sends) = os_pipe::pipe().context("cannot open a pipe")?;
        first.sending = Some(first_sends);
        second.receiving = Some(Lines::new(BufReader::new(second_receives), u64::MAX));
    }
    Ok((first, second))
}

impl StdioConnection {
    /// The end that this child was started with: the second one.
    pub fn stdio(duplex: bool) -> StdioConnection {
        Connection::new(duplex.then(|| io::stdin().lock()), Some(io::stdout()))
    }
}

impl PipeConnection {
    pub(super) fn into_pipes(self) -> (Option<PipeReader>, Option<PipeWriter>) {
        let receiving = self.receiving.map(|lines| lines.into_input().into_inner());
        (receiving, self.sending)
    }
}

impl<R: BufRead, W: Write> Connection<R, W> {
    fn new(receiving: Option<R>, sending: Option<W>) -> Connection<R, W> {
        let receiving = receiving.map(|input| Lines::new(input, u64::MAX));
        Connection { receiving, sending }
    }

    /// Sends a value of any size. Waits while the pipe is full, that is, until the other end receives.
    ///
    /// # Errors
    /// [`WrongDirection`], or that the other end is closed.
    pub fn send(&mut self, value: &Value) -> Result<()> {
        let Some(sending) = &mut self.sending else {
            bail!(WrongDirection::SendOnReceivingEnd);
        };
        let gone = "cannot send: the other end of the pipe is closed";
        write_message(sending, &encode(value)?, gone)
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
