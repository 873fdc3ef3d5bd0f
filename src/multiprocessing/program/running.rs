//! A program of the user's while it runs: how one waits for it, and what there is to say of it.

use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Error, Result, anyhow, bail};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::idle::Idle;
use super::unflushed;
use crate::both;
use crate::events::{Call, Event, Status, Stream, named};
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
    /// It has read something, so it knows how.
    pub(super) has_read: bool,
    /// It has written something, likewise.
    pub(super) has_written: bool,
    /// The inode of the pipe that is its stdout.
    pub(super) stdout: Option<u64>,
    /// Whether it has printed anything, if that is shown and carries no values.
    pub(super) has_printed: Arc<AtomicBool>,
    /// How many bytes of a line have come without its end.
    pub(super) unfinished: usize,
}

impl Running {
    pub(super) fn name(&self) -> String {
        let Running { process, command, .. } = self;
        named(process.role(), process.pid(), command)
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

    /// Waits until one can read from this end or write to it, or until nobody has the other end any
    /// more. What poll(2) says.
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
        // It has read a value, and hasn't come back for the next one.
        let is_busy = stream == Stream::Stdin && self.has_read;
        // Whoever has written lines writes more of them when he has any; half a line may be what
        // fits a buffer.
        let is_asked = match stream {
            Stream::Stdin => !self.has_read || !self.has_printed.load(Ordering::Relaxed),
            Stream::Stdout | Stream::Stderr => !self.has_written || self.unfinished > 0,
        };
        let mut idle = Idle::begin(self.patience.filter(|_| is_asked));
        loop {
            parent.children.pass_on(&parent.log)?;
            let timeout = match self.status() {
                Some(Status::Code(0)) => Some(GRACE),
                // All that it has written was read, and what is left behind by a program that has
                // failed, nobody waits for.
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
                    // It works on what it has read. Whether it prints then is another question.
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
                    let name = self.name();
                    let what = both!("cannot wait for {name}", "无法等待 {name}");
                    return Err(error).context(what);
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

    /// Tells that nothing comes from it, or that it reads nothing; unless it has reason to. A
    /// program that goes on like this, and does nothing at all, is given up.
    pub(super) fn tell_that_it_is_idle(&mut self, idle: &mut Idle, stream: Stream) -> Result<()> {
        let (seconds, name) = (idle.seconds(), self.name());
        let message = match stream {
            Stream::Stdin => both!(
                "{name} has read nothing for {seconds} s, and a value waits on its stdin",
                "{name}已有 {seconds} 秒没有读取，而它的 stdin 上有一个值在等"
            ),
            Stream::Stdout | Stream::Stderr if self.unfinished > 0 => {
                let bytes = self.unfinished;
                let unit = if bytes == 1 { "byte" } else { "bytes" };
                both!(
                    "{name} has written {bytes} {unit}, and for {seconds} s no newline: a value \
                     is a whole line, of which the \
                     rest may still be in its own buffer",
                    "{name}写了 {bytes} 字节，之后 {seconds} 秒没有换行符：一个值要占完整的一行，\
                     其余部分可能还留在它自己的缓冲区里"
                )
            }
            Stream::Stdout | Stream::Stderr => {
                // Nobody knows of a program that computes or sleeps what it will still write.
                idle.is_over();
                return self.tell_that_it_is_silent(seconds, stream);
            }
        };
        let sight = || unflushed::sight(self.process.pid());
        match idle.seen.take() {
            None => {
                self.tell(stream, message)?;
                if stream != Stream::Stdin || unflushed::waits_for_others(&sight()) {
                    idle.is_over();
                }
            }
            Some(before) if unflushed::does_nothing(&sight(), &before) => bail!(both!(
                "{message}; it does nothing at all, so it is ended (a longer --patience waits \
                 longer)",
                "{message}；它什么都不做，所以结束它（--patience 更长，就等得更久）"
            )),
            Some(_) => {}
        }
        idle.seen = Some(sight());
        Ok(())
    }

    /// Tells that it has written nothing for so long, if it may have printed something that is in
    /// its buffer.
    fn tell_that_it_is_silent(&self, seconds: f64, stream: Stream) -> Result<()> {
        let name = self.name();
        let Some(way_out) = unflushed::way_out(self.process.pid(), self.stdout) else {
            return Ok(());
        };
        let message = both!(
            "{name} has written nothing for {seconds} s: if it has printed something, that is \
             still in its own buffer, since \
             its stdout is a pipe; {way_out}",
            "{name}已有 {seconds} 秒没有写出任何内容：如果它已经打印过，内容还留在它自己的缓冲区\
             里，因为它的 stdout 是管道；{way_out}"
        );
        self.tell(stream, message)
    }

    pub(super) fn tell(&self, stream: Stream, message: String) -> Result<()> {
        self.mp.log().write(Event::Idle {
            child: self.process.pid(),
            child_role: self.process.role().into(),
            stream,
            message: message.into(),
        })
    }

    /// Waits for its end for the patience, and tells then that it has closed its stdout and lives
    /// on.
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
        let name = self.name();
        let message = both!(
            "{name} has closed its stdout and lives on: the run waits for its end",
            "{name}关闭了 stdout，但没有结束：这次运行在等它结束"
        );
        self.tell(Stream::Stdout, message)
    }

    /// Tells that it is ended with a value on its stdin.
    pub(super) fn tell_that_it_has_not_read(&self) -> Result<()> {
        let name = self.name();
        let message = both!(
            "{name} was sent SIGTERM before it had read the value that waits on its stdin",
            "{name}还没有读 stdin 上等着的那个值，就收到了 SIGTERM"
        );
        self.tell(Stream::Stdin, message)
    }

    /// Why a value doesn't reach it.
    pub(super) fn gone(&self) -> Error {
        let parent = Arc::clone(self.mp.parent());
        let end = Instant::now() + GRACE;
        if let Err(error) = self.process.ends_before(end) {
            return error;
        }
        // It has failed, and that is told.
        if let Err(error) = parent.children.check(&parent.log) {
            return error;
        }
        let name = self.name();
        anyhow!(match self.process.status() {
            Some(status) => both!(
                "{name} {status} before it had read all that it was given",
                "{name}{status}，却还没有读完交给它的内容"
            ),
            None => both!(
                "{name} has closed its stdin before it had read all that it was given",
                "{name}没有读完交给它的内容就关闭了 stdin"
            ),
        })
    }

    /// Why it is not over although it has ended.
    pub(super) fn held_open(&self, end: &impl AsFd, stream: Stream) -> Error {
        let name = self.name();
        let status = self.process.status().unwrap_or(Status::Code(0));
        let stream: &str = stream.into();
        let holders = unflushed::holders(end);
        let have = if holders.len() > 1 { "have" } else { "has" };
        let holders = match holders.is_empty() {
            true => both!("another process", "另一个进程"),
            false => holders.join(&both!(" and ", " 和 ")),
        };
        anyhow!(both!(
            "{name} {status}, but {holders} still {have} its {stream} open: a process that is \
             left behind has to close it, or \
             to end",
            "{name}{status}，但是 {holders}仍然开着它的 {stream}：留下的进程应当关闭它，或者结束"
        ))
    }
}
