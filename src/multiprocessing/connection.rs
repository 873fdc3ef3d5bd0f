//! A pipe between two processes, and its two ends.
//!
//! CPython's `Pipe()` is a socket pair when two-way and one kernel pipe when one-way. Here each
//! direction is a kernel pipe, which becomes a child's stdin or stdout. A value is a line of JSON:
//! CPython's `recv()` unpickles what it receives, which can run arbitrary code.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use os_pipe::{PipeReader, PipeWriter};
use serde_json::Value;

use super::channel::Channel;
use super::ends::{ReadEnd, StdinPipe, WriteEnd, bare};
use super::interruption::in_call;
use super::messages::{MessageReader, MessageWriter};
use super::parent::Parent;
use crate::events::{Because as _, Call, Event, Log, PartnerGone, Reason, Why};
use crate::os::streams::stdout;

/// One end of a pipe, as Python's `Connection`: it can receive, send, or both.
pub struct Connection {
    receiving: Option<MessageReader>,
    sending: Option<MessageWriter>,
    channel: Channel,
}

impl Connection {
    /// Opens a pipe, as Python's `Pipe(duplex)`. When it is not `duplex`, the first end can only
    /// receive and the second only send.
    pub(super) fn pair(
        name: String,
        duplex: bool,
        parent: &Arc<Parent>,
    ) -> Result<(Connection, Connection)> {
        let open = || parent.children.ends.pipe().because(|| Reason::CannotOpenPipe {});
        let (first_receives, second_sends) = open()?;
        let (second_receives, first_sends) = duplex.then(open).transpose()?.unzip();
        let channel = Channel::of_parent(name, Arc::clone(parent));
        let end = |receives: Option<_>, sends: Option<_>| {
            let (receives, sends) = (receives.map(ReadEnd::Pipe), sends.map(WriteEnd::Pipe));
            Connection::new(receives, sends, channel.clone())
        };
        let first = end(Some(first_receives), first_sends);
        Ok((first, end(second_receives, Some(second_sends))))
    }

    /// The end that this child was started with: its stdin and stdout.
    pub(super) fn stdio(duplex: bool, name: Option<String>, log: &Log) -> Connection {
        let stdin = duplex.then(|| ReadEnd::Stdin(StdinPipe::default()));
        let stdout = Some(WriteEnd::Stdout(stdout()));
        Connection::new(stdin, stdout, Channel::of_child(name, log))
    }

    fn new(receiving: Option<ReadEnd>, sending: Option<WriteEnd>, channel: Channel) -> Connection {
        Connection {
            receiving: receiving.map(|end| MessageReader::new(end, u64::MAX)),
            sending: sending.map(MessageWriter::new),
            channel,
        }
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.channel.name()
    }

    /// The same end, which logs nothing and reaps no children: for measurements, or for a thread
    /// other than the one that starts children.
    pub fn silent(mut self) -> Connection {
        self.channel.silence();
        self
    }

    /// The same end, which logs its waits, but no values.
    pub fn only_waits(mut self) -> Connection {
        self.channel.only_waits();
        self
    }

    /// The parent's pipe ends, receiving and sending, without this connection. Bytes that were read
    /// ahead are lost.
    pub fn into_pipes(self) -> io::Result<(Option<PipeReader>, Option<PipeWriter>)> {
        let (receiving, sending) = self.ends();
        // Now these two are the only owners of the pipe ends.
        drop(self);
        let receiving = receiving.map(|pipe| bare(pipe, PipeReader::try_clone));
        let sending = sending.map(|pipe| bare(pipe, PipeWriter::try_clone));
        Ok((receiving.transpose()?, sending.transpose()?))
    }

    /// The parent's pipe ends, which stay open as long as they have an owner.
    pub(super) fn ends(&self) -> (Option<Arc<PipeReader>>, Option<Arc<PipeWriter>>) {
        let receiving = self.receiving.as_ref().and_then(|it| it.pipe().of_parent());
        let sending = self.sending.as_ref().and_then(|it| it.pipe().of_parent());
        (receiving.cloned(), sending.cloned())
    }

    /// Sends a value of any size. Waits while the pipe is full, that is, until the other end
    /// receives.
    #[track_caller]
    pub fn send(&mut self, value: &Value) -> Result<()> {
        let event =
            Event::Send { value: Cow::Borrowed(value), on: self.channel.on(), number: None };
        self.channel.log(event, None)?;
        let Some(sending) = &mut self.sending else {
            bail!(Reason::ReceivingEnd {});
        };
        sending.encode(value)?;
        sending.write(Reason::NoReceiver {}, self.channel.parent())
    }

    /// Receives the next value; waits until it is there. When the other end is closed, where Python
    /// raises `EOFError`, the error is [`PartnerGone`]. In the parent it is also an error when a
    /// child fails.
    #[track_caller]
    pub fn recv(&mut self) -> Result<Value> {
        self.channel.waits(Call::Recv)?;
        self.take()
    }

    /// Receives the next value as [`Connection::recv`] does; nothing at EOF.
    #[track_caller]
    pub fn recv_or_end(&mut self) -> Result<Option<Value>> {
        match self.recv() {
            Err(error) if error.is::<PartnerGone>() => {
                self.channel.log(Event::EndOfFile { on: self.channel.on() }, None)?;
                Ok(None)
            }
            received => received.map(Some),
        }
    }

    /// Receives the next value at a silent end, and reaps the children of this process meanwhile.
    #[track_caller]
    pub(super) fn recv_watched(&mut self, parent: &Arc<Parent>) -> Result<Value> {
        self.channel.watch(Arc::clone(parent));
        self.take()
    }

    #[track_caller]
    fn take(&mut self) -> Result<Value> {
        let Some(receiving) = &mut self.receiving else {
            bail!(Reason::SendingEnd {});
        };
        let line = receiving.next(self.channel.parent());
        if line.map_err(|error| in_call(error, cannot_receive))?.is_none() {
            bail!(PartnerGone(Reason::NoSender {}));
        }
        let value = receiving.value().because(cannot_receive)?;
        let event =
            Event::Recv { value: Cow::Borrowed(&value), on: self.channel.on(), number: None };
        self.channel.log(event, None)?;
        Ok(value)
    }

    /// Receives the next value, but waits no longer than `timeout`: nothing then, where Python's
    /// `poll(timeout)` says `False`. The wait is not logged.
    #[track_caller]
    pub fn recv_within(&mut self, timeout: Duration) -> Result<Option<Value>> {
        match &self.receiving {
            Some(receiving) if !receiving.is_ready_within(timeout)? => Ok(None),
            _ => self.take().map(Some),
        }
    }

    /// Logs that a call was refused, where the lesson wants to show just that, and goes on: then
    /// the result is nothing.
    #[track_caller]
    pub fn or_refused<T>(&self, result: Result<T>) -> Result<Option<T>> {
        let Err(error) = result else { return result.map(Some) };
        let call = match error.downcast_ref() {
            Some(Reason::ReceivingEnd {}) => Call::Send,
            Some(Reason::SendingEnd {}) => Call::Recv,
            _ => return Err(error),
        };
        self.channel.log(Event::Refused { call, why: Why::of(&error) }, None)?;
        Ok(None)
    }
}

fn cannot_receive() -> Reason {
    Reason::CannotReceive {}
}
