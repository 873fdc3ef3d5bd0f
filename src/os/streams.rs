//! Standard input, output and error without std's special cases.
//!
//! std hides some of that. A write that the kernel refuses because the stream can't be written to
//! (EBADF) counts as done: a run would show nothing, and succeed. On the other hand, it takes a
//! stream that is not ready (EAGAIN) for an error.

use std::io::{self, IsTerminal, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};

use anyhow::{Context as _, Result};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{OFlags, fcntl_getfl};
use rustix::io::{Errno, read, write};
use rustix::stdio;

use crate::both;

/// A stream whose reads and writes wait until they are possible. O_NONBLOCK applies to all
/// processes that share a pipe or a terminal, so another one may have set it, as Node does. There
/// is no buffer, since views write whole lines.
#[derive(Clone, Copy)]
pub(crate) struct StandardStream<F = BorrowedFd<'static>> {
    fd: F,
    /// Whether to pretend to write when the stream can't be written to.
    is_optional: bool,
}

/// Where the article's lines and pictures go.
pub(crate) fn stdout() -> StandardStream {
    StandardStream::new(stdio::stdout())
}

/// Where notes, warnings and errors go. A closed stderr is no error: its messages are not wanted.
pub(crate) fn stderr() -> StandardStream {
    StandardStream { fd: stdio::stderr(), is_optional: true }
}

/// Checks that stdout is open for writing: better before a run than after it.
pub(crate) fn check_stdout() -> Result<()> {
    let is_writable = match fcntl_getfl(stdio::stdout()) {
        Ok(flags) if flags.contains(OFlags::PATH) || flags & OFlags::RWMODE == OFlags::RDONLY => {
            Err(Errno::BADF)
        }
        other => other.map(drop),
    };
    is_writable.map_err(io::Error::from).with_context(cannot_write)
}

pub(crate) fn cannot_write() -> String {
    both!("cannot write to stdout", "无法写入标准输出")
}

impl<F: AsFd> StandardStream<F> {
    pub(crate) fn new(fd: F) -> StandardStream<F> {
        StandardStream { fd, is_optional: false }
    }

    pub(crate) fn is_terminal(&self) -> bool {
        self.as_fd().is_terminal()
    }

    /// Calls `act` as soon as the stream is ready for it.
    fn when(
        &self,
        ready: PollFlags,
        mut act: impl FnMut(BorrowedFd) -> rustix::io::Result<usize>,
    ) -> io::Result<usize> {
        loop {
            match act(self.as_fd()) {
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => match poll(&mut [PollFd::new(self, ready)], None) {
                    Ok(_) | Err(Errno::INTR) => {}
                    Err(error) => return Err(error.into()),
                },
                done => return Ok(done?),
            }
        }
    }
}

impl<F: AsFd> Write for StandardStream<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.when(PollFlags::OUT, |fd| match write(fd, bytes) {
            Err(Errno::BADF) if self.is_optional => Ok(bytes.len()),
            written => written,
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<F: AsFd> Read for StandardStream<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.when(PollFlags::IN, |fd| read(fd, &mut *buffer))
    }
}

impl<F: AsFd> AsFd for StandardStream<F> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
