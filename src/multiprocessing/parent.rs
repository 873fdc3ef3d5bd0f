//! What a process needs that starts others.

use std::os::fd::AsFd;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

use super::children::Children;
use crate::events::{Because as _, Log, Reason};

/// A process that starts others. Only the thread that starts them may wait with it.
pub(super) struct Parent {
    pub log: Log,
    pub children: Arc<Children>,
    /// This program's own file.
    pub program: PathBuf,
    /// Divides every pause.
    pub speed: f64,
}

impl Parent {
    /// Waits for a pipe and for the ends of children at the same time: until this end of the pipe
    /// is ready, or its other end is closed.
    pub fn until_ready(&self, end: &impl AsFd, ready: PollFlags) -> Result<()> {
        loop {
            self.children.check(&self.log)?;
            let bell = PollFd::new(self.children.bell.end(), PollFlags::IN);
            let mut fds = [PollFd::new(end, ready), bell];
            match poll(&mut fds, None) {
                Ok(_) if !fds[0].revents().is_empty() => return Ok(()),
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(error).because(|| Reason::CannotWaitForPipe {}),
            }
        }
    }
}
