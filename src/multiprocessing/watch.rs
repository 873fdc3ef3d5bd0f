//! What a parent keeps an eye on while it waits for something else: whether its children are well.

use std::os::fd::AsFd;
use std::sync::Arc;

use anyhow::{Context as _, Error, Result};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

use super::children::Children;
use super::over::{ChildFailed, RunIsOver, Terminated};
use crate::both;
use crate::events::Log;

/// The children of a process, and the log to which their ends are written. Only the thread that
/// starts them may wait with it.
#[derive(Clone)]
pub(super) struct Watch {
    pub children: Arc<Children>,
    pub log: Log,
}

impl Watch {
    /// Waits until one can read from this end of a pipe or write to it, or until its other end is
    /// closed.
    ///
    /// # Errors
    /// When a child has ended otherwise than wanted, when the run is over, or when the log can't be
    /// written to.
    pub fn until_ready(&self, end: &impl AsFd, ready: PollFlags) -> Result<()> {
        loop {
            self.children.check(&self.log)?;
            let mut fds =
                [PollFd::new(end, ready), PollFd::new(self.children.bell.end(), PollFlags::IN)];
            match poll(&mut fds, None) {
                Ok(_) if !fds[0].revents().is_empty() => return Ok(()),
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => {
                    return Err(error)
                        .with_context(|| both!("cannot wait for a pipe", "无法等待管道"));
                }
            }
        }
    }
}

/// An error of a call that waits for a child: what the call could not do, unless it is the children
/// that it is about.
pub(super) fn in_call(error: Error, failed: String) -> Error {
    match is_of_children(&error) {
        true => error,
        false => error.context(failed),
    }
}

/// Whether a call has failed for no other reason than that the children have ended, or have to.
pub(super) fn is_of_children(error: &Error) -> bool {
    error.is::<ChildFailed>() || error.is::<RunIsOver>() || error.is::<Terminated>()
}
