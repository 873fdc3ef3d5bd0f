//! A program of the user's while it runs: how one waits for it, and what there is to say of it.

use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Error, Result, bail};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::idle::Idle;
use super::unflushed;
use crate::events::{Because as _, Call, Event, Named, Reason, Status, Stream};
use crate::multiprocessing::child_process::ChildProcess;
use crate::multiprocessing::context::Context;
use crate::multiprocessing::logs::Logs as _;

/// How long the end of a pipe may stay silent when the program that had it has ended, and a child
/// of it still has it.
const GRACE: Duration = Duration::from_secs(1);

/// The process, and how one waits for it.
pub(super) struct Running {
    pub(super) mp: Context,
    pub(super) process: ChildProcess,
    pub(super) command: String,
    pub(super) patience: Option<Duration>,
    /// It has read from its stdin.
    pub(super) has_read: bool,
    /// It has written to the stream that is waited for.
    pub(super) has_written: bool,
    /// The inode of the pipe that is its stdout.
    pub(super) stdout: Option<u64>,
    /// Whether it has printed anything, if that is shown and carries no values.
    pub(super) has_printed: Arc<AtomicBool>,
    /// How many bytes have come of a line whose newline is missing.
    pub(super) unfinished: usize,
}

impl Running {
    pub(super) fn named(&self) -> Named {
        Named { command: Some(self.command.clone()), ..self.process.named() }
    }

    /// Whether it has ended otherwise than wanted, or does within a moment: the end of its stdout
    /// may be seen before its own.
    pub(super) fn has_failed(&self) -> Result<bool> {
        self.process.ends_before(Instant::now() + GRACE)?;
        Ok(self.status().is_some_and(|status| status != Status::Code(0)))
    }

    pub(super) fn status(&self) -> Option<Status> {
        self.process.status()
    }

    /// Waits until this end is ready, or until nobody has the other end any more. Returns what
    /// poll(2) says.
    #[track_caller]
    pub(super) fn until_ready(
        &mut self,
        end: &impl AsFd,
        ready: PollFlags,
        stream: Stream,
    ) -> Result<PollFlags> {
        let call = match stream {
            Stream::Stdin => Call::Write,
            Stream::Stdout | Stream::Stderr => Call::Readline,
        };
        let parent = Arc::clone(self.mp.parent());
        parent.children.pass_on(&parent.log)?;
        let mut fds = [PollFd::new(end, ready)];
        if poll(&mut fds, Some(&Timespec::default())).is_ok_and(|count| count > 0) {
            self.does(stream);
            return Ok(fds[0].revents());
        }
        let on = Some(self.process.role().into());
        self.mp.log().write(Event::Wait { call, on })?;
        // The program works on the value that it has read.
        let is_busy = stream == Stream::Stdin && self.has_read;
        // A program that has written a line may take its time for the next one. Half a line may be
        // what fits a buffer.
        let is_asked = match stream {
            Stream::Stdin => !self.has_read || !self.has_printed.load(Ordering::Relaxed),
            Stream::Stdout | Stream::Stderr => !self.has_written || self.unfinished > 0,
        };
        let mut idle = Idle::begin(self.patience.filter(|_| is_asked));
        loop {
            parent.children.pass_on(&parent.log)?;
            let timeout = match self.status() {
                Some(Status::Code(0)) => Some(GRACE),
                // All that it has written was read. Nobody waits for what a failed program has
                // left behind.
                Some(_) => Some(Duration::ZERO),
                None => idle.timeout(),
            };
            // One that is too long for the system is as good as none.
            let timeout = timeout.and_then(|it| Timespec::try_from(it).ok());
            let bell = parent.children.bell.end();
            let mut fds = [PollFd::new(end, ready), PollFd::new(bell, PollFlags::IN)];
            match poll(&mut fds, timeout.as_ref()) {
                Ok(0) => match self.status() {
                    Some(Status::Code(0)) => bail!(self.held_open(end, stream)),
                    Some(_) => parent.children.check(&parent.log)?,
                    // It need not read, but what it prints may be in its buffer.
                    None if is_busy => {
                        let seconds = idle.seconds();
                        self.tell_that_it_is_silent(seconds, Stream::Stdout)?;
                        self.has_printed.store(true, Ordering::Relaxed);
                        idle.is_over();
                    }
                    None => self.tell_that_it_is_idle(&mut idle, stream)?,
                },
                Ok(_) if !fds[0].revents().is_empty() => {
                    self.does(stream);
                    return Ok(fds[0].revents());
                }
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => {
                    return Err(error).because(|| Reason::CannotWaitFor { program: self.named() });
                }
            }
        }
    }

    pub(super) fn does(&mut self, stream: Stream) {
        match stream {
            Stream::Stdin => self.has_read = true,
            Stream::Stdout | Stream::Stderr => self.has_written = true,
        }
    }

    /// Logs that the program writes or reads nothing, unless it has a reason to. One that does
    /// nothing at all for a multiple of the patience is given up.
    pub(super) fn tell_that_it_is_idle(&mut self, idle: &mut Idle, stream: Stream) -> Result<()> {
        let (seconds, program) = (idle.seconds(), self.named());
        let reason = match stream {
            Stream::Stdin => Reason::ReadsNothing { program, seconds },
            Stream::Stdout | Stream::Stderr if self.unfinished > 0 => {
                Reason::NoNewline { program, seconds, bytes: self.unfinished as u64 }
            }
            Stream::Stdout | Stream::Stderr => {
                // What a program that computes or sleeps will still write is not known.
                idle.is_over();
                return self.tell_that_it_is_silent(seconds, stream);
            }
        };
        let sight = || unflushed::sight(self.process.pid());
        match idle.seen.take() {
            None => {
                self.tell(stream, reason)?;
                if stream != Stream::Stdin || unflushed::waits_for_others(&sight()) {
                    idle.is_over();
                }
            }
            Some(before) if unflushed::does_nothing(&sight(), &before) => {
                bail!(Reason::DoesNothing { before: Box::new(reason) })
            }
            Some(_) => {}
        }
        idle.seen = Some(sight());
        Ok(())
    }

    /// Logs that the program has written nothing for so long, if it may have printed something that
    /// is in its buffer.
    fn tell_that_it_is_silent(&self, seconds: f64, stream: Stream) -> Result<()> {
        match unflushed::runtime(self.process.pid(), self.stdout) {
            Some(runtime) => {
                let program = self.named();
                self.tell(stream, Reason::WritesNothing { program, seconds, runtime })
            }
            None => Ok(()),
        }
    }

    pub(super) fn tell(&self, stream: Stream, reason: Reason) -> Result<()> {
        self.mp.log().write(Event::Idle {
            child: self.process.pid(),
            child_role: self.process.role().into(),
            stream,
            why: reason.into(),
        })
    }

    /// Waits for the program's end, and logs after the patience that it has closed its stdout and
    /// lives on.
    pub(super) fn tell_if_it_lives_on(&self) -> Result<()> {
        let (Some(patience), begin) = (self.patience, Instant::now()) else {
            return Ok(());
        };
        let parent = Arc::clone(self.mp.parent());
        loop {
            parent.children.pass_on(&parent.log)?;
            if self.status().is_some() {
                return Ok(());
            }
            let left = patience.saturating_sub(begin.elapsed());
            if left.is_zero() {
                break;
            }
            parent.children.bell.wait(Some(left))?;
        }
        self.tell(Stream::Stdout, Reason::LivesOn { program: self.named() })
    }

    /// Logs that the program is ended with a value on its stdin.
    pub(super) fn tell_that_it_has_not_read(&self) -> Result<()> {
        self.tell(Stream::Stdin, Reason::TerminatedUnread { program: self.named() })
    }

    /// The error of a value that doesn't reach the program.
    pub(super) fn gone(&self) -> Error {
        let parent = Arc::clone(self.mp.parent());
        let end = Instant::now() + GRACE;
        if let Err(error) = self.process.ends_before(end) {
            return error;
        }
        // The log has it that the program has failed.
        if let Err(error) = parent.children.check(&parent.log) {
            return error;
        }
        Reason::LeftUnread { program: self.named(), status: self.process.status() }.into()
    }

    /// The error of a stream that is open although the program has ended.
    pub(super) fn held_open(&self, end: &impl AsFd, stream: Stream) -> Error {
        let status = self.process.status().unwrap_or(Status::Code(0));
        let (program, holders) = (self.named(), unflushed::holders(end));
        Reason::HeldOpen { program, status, stream, holders }.into()
    }
}
