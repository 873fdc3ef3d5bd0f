//! A user's program while it runs: how the go-between waits for it, and what it logs about the
//! program.

use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Error, Result, bail};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::unflushed;
use crate::events::{Because as _, Call, Event, Named, Reason, Status, Stream};
use crate::evidence::Sight;
use crate::multiprocessing::child_process::ChildProcess;
use crate::multiprocessing::context::Context;
use crate::multiprocessing::logs::Logs as _;

/// How long a pipe may stay silent when the program has ended and a child of it still holds the
/// pipe open.
const GRACE: Duration = Duration::from_secs(1);

/// A program that reads nothing and does nothing is given up after so many times the patience.
const GIVEN_UP: u32 = 5;

/// A wait for a program that does nothing.
struct Idle {
    begin: Instant,
    /// How long after `begin` to look at the program next; nothing for never.
    next: Option<Duration>,
    /// How the program looked when its idleness was logged last.
    seen: Option<Sight>,
}

impl Idle {
    fn begin(patience: Option<Duration>) -> Idle {
        Idle { begin: Instant::now(), next: patience, seen: None }
    }

    fn timeout(&self) -> Option<Duration> {
        Some(self.next?.saturating_sub(self.begin.elapsed()))
    }

    /// For how many seconds the program has done nothing. The next look comes after five times as
    /// many.
    fn seconds(&mut self) -> f64 {
        let seconds = self.next.unwrap_or_default();
        let later = seconds.checked_mul(GIVEN_UP);
        // The next look is at least a second later: any program may wait for a moment.
        let moment = seconds.saturating_add(Duration::from_secs(1));
        self.next = later.map(|later| later.max(moment));
        seconds.as_secs_f64()
    }

    fn is_over(&mut self) {
        self.next = None;
    }
}

pub(super) struct Running {
    pub(super) mp: Context,
    pub(super) process: ChildProcess,
    pub(super) command: String,
    pub(super) patience: Option<Duration>,
    pub(super) has_read: bool,
    /// Whether the program has written to the stream that is waited for.
    pub(super) has_written: bool,
    /// The inode of the pipe that is the program's stdout.
    pub(super) stdout: Option<u64>,
    /// Whether the program has printed anything to a stdout without values.
    pub(super) has_printed: Arc<AtomicBool>,
    /// How many bytes have come of a line whose newline is missing.
    pub(super) unfinished: usize,
}

impl Running {
    pub(super) fn named(&self) -> Named {
        Named { command: Some(self.command.clone()), ..self.process.named() }
    }

    /// Whether the program has failed, or does within a moment: EOF of its stdout may be seen
    /// before its end.
    pub(super) fn has_failed(&self) -> Result<bool> {
        self.process.ends_before(Instant::now() + GRACE)?;
        Ok(self.status().is_some_and(|status| status != Status::Code(0)))
    }

    pub(super) fn status(&self) -> Option<Status> {
        self.process.status()
    }

    /// Waits until this end is ready, or the other end is closed. Returns what poll(2) says.
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
        // A program that has written a line may take its time for the next one. Half a line may
        // mean that a buffer was full, and the rest waits in it.
        let is_asked = match stream {
            Stream::Stdin => !self.has_read || !self.has_printed.load(Ordering::Relaxed),
            Stream::Stdout | Stream::Stderr => !self.has_written || self.unfinished > 0,
        };
        let mut idle = Idle::begin(self.patience.filter(|_| is_asked));
        loop {
            parent.children.pass_on(&parent.log)?;
            let timeout = match self.status() {
                Some(Status::Code(0)) => Some(GRACE),
                // All that the failed program has written was read. Its orphans are not waited for.
                Some(_) => Some(Duration::ZERO),
                None => idle.timeout(),
            };
            // A timeout that is too long for the system counts as none.
            let timeout = timeout.and_then(|it| Timespec::try_from(it).ok());
            let bell = parent.children.bell.end();
            let mut fds = [PollFd::new(end, ready), PollFd::new(bell, PollFlags::IN)];
            match poll(&mut fds, timeout.as_ref()) {
                Ok(0) => match self.status() {
                    Some(Status::Code(0)) => bail!(self.held_open(end, stream)),
                    Some(_) => parent.children.check(&parent.log)?,
                    // The program need not read now, but what it has printed may be in its buffer.
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

    fn does(&mut self, stream: Stream) {
        match stream {
            Stream::Stdin => self.has_read = true,
            Stream::Stdout | Stream::Stderr => self.has_written = true,
        }
    }

    /// Logs that the program writes or reads nothing, unless it has a reason for that. A program
    /// that does nothing at all for a multiple of the patience is given up.
    fn tell_that_it_is_idle(&mut self, idle: &mut Idle, stream: Stream) -> Result<()> {
        let (seconds, program) = (idle.seconds(), self.named());
        let reason = match stream {
            Stream::Stdin => Reason::ReadsNothing { program, seconds },
            Stream::Stdout | Stream::Stderr if self.unfinished > 0 => {
                Reason::NoNewline { program, seconds, bytes: self.unfinished as u64 }
            }
            Stream::Stdout | Stream::Stderr => {
                // A program that computes or sleeps may still write.
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
        let Some(runtime) = unflushed::runtime(self.process.pid(), self.stdout) else {
            return Ok(());
        };
        self.tell(stream, Reason::WritesNothing { program: self.named(), seconds, runtime })
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
        let parent = self.mp.parent();
        loop {
            parent.children.pass_on(&parent.log)?;
            if self.status().is_some() {
                return Ok(());
            }
            let left = patience.saturating_sub(begin.elapsed());
            if left.is_zero() {
                return self.tell(Stream::Stdout, Reason::LivesOn { program: self.named() });
            }
            parent.children.bell.wait(Some(left))?;
        }
    }

    /// The error of a value that doesn't reach the program.
    pub(super) fn gone(&self) -> Error {
        let parent = self.mp.parent();
        let ended = self.process.ends_before(Instant::now() + GRACE);
        // If this fails, the program's failure is in the log.
        match ended.and_then(|_| parent.children.check(&parent.log)) {
            Ok(()) => Reason::LeftUnread { program: self.named(), status: self.status() }.into(),
            Err(error) => error,
        }
    }

    /// The error of a stream that is open although the program has ended.
    fn held_open(&self, end: &impl AsFd, stream: Stream) -> Error {
        let status = self.process.status().unwrap_or(Status::Code(0));
        let (program, holders) = (self.named(), unflushed::holders(end));
        Reason::HeldOpen { program, status, stream, holders }.into()
    }
}
