//! Interruptions: why a call that waits gives up.

use std::fmt;

use anyhow::Error;

use crate::both;
use crate::events::Reason;

/// The error of a call that waits, when the reason is not the call's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interruption {
    /// Another thread has ended the run.
    RunIsOver,
    /// A child of this process has failed.
    ChildFailed,
    /// The user's command that this process has started has failed. The log tells how.
    CommandFailed,
    /// SIGTERM has come, and has been passed on to the children.
    Terminated,
}

impl Interruption {
    pub fn of(error: &Error) -> Option<Interruption> {
        error.downcast_ref().copied()
    }
}

impl fmt::Display for Interruption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self {
            Interruption::RunIsOver => Reason::RunIsOver {}.to_string(),
            Interruption::ChildFailed => {
                both!("it cannot go on without that process", "缺了那个进程，无法继续")
            }
            Interruption::CommandFailed => both!("the command has failed", "命令失败了"),
            Interruption::Terminated => both!("SIGTERM has come", "收到了 SIGTERM"),
        })
    }
}

impl std::error::Error for Interruption {}

/// Adds what the call could not do, unless the error is an [`Interruption`].
pub(super) fn in_call(error: Error, failed: impl FnOnce() -> Reason) -> Error {
    match Interruption::of(&error) {
        Some(_) => error,
        None => failed().before(error),
    }
}
