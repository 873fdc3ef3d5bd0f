//! Stdout and stderr, as whoever draws writes to them.

use std::io::{self, IsTerminal, Write};
use std::os::fd::{AsFd, BorrowedFd};

use anyhow::{Context as _, Result};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{OFlags, fcntl_getfl};
use rustix::io::Errno;
use rustix::stdio;

use crate::both;

/// A stream of this process. std's own takes a descriptor that nothing can be written to for success, and one that is
/// not ready, because somebody else has set O_NONBLOCK on it, for an error. This one tells the first and waits for the
/// second. It has no buffer: whoever draws writes whole lines.
#[derive(Clone, Copy)]
pub struct Stream(BorrowedFd<'static>);

/// Where the article's lines and pictures go.
pub fn stdout() -> Stream {
    Stream(stdio::stdout())
}

/// Where notes, warnings and errors go.
pub fn stderr() -> Stream {
    Stream(stdio::stderr())
}

/// Whether stdout is open for writing: better known before a run than after it.
///
/// # Errors
/// When it is not.
pub fn check_stdout() -> Result<()> {
    let mode = fcntl_getfl(stdio::stdout()).map(|flags| flags & OFlags::RWMODE);
    let mode = match mode {
        Ok(OFlags::RDONLY) => Err(Errno::BADF),
        other => other.map(drop),
    };
    mode.map_err(io::Error::from).with_context(cannot_write)
}

/// What failed, when stdout did.
pub fn cannot_write() -> String {
    both!("cannot write to stdout", "无法写入标准输出")
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match rustix::io::write(self.0, bytes) {
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    let mut fds = [PollFd::new(&self.0, PollFlags::OUT)];
                    match poll(&mut fds, None) {
                        Ok(_) | Err(Errno::INTR) => {}
                        Err(error) => return Err(error.into()),
                    }
                }
                written => return Ok(written?),
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsFd for Stream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0
    }
}

impl Stream {
    /// Whether it goes to a terminal.
    pub fn is_terminal(self) -> bool {
        self.0.is_terminal()
    }
}
