//! Why a parent's half stops waiting.

use std::fmt;

use crate::both;

/// The error of a parent's half that goes on although its run has been ended from elsewhere.
#[derive(Debug)]
pub struct RunIsOver;

impl fmt::Display for RunIsOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&both!("the run is over", "本次运行已经结束"))
    }
}

impl std::error::Error for RunIsOver {}

/// The error of a parent's half that waits, while one of its children has ended otherwise than
/// wanted.
#[derive(Debug)]
pub struct ChildFailed;

impl fmt::Display for ChildFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&both!("it cannot go on without that process", "缺了那个进程，无法继续"))
    }
}

impl std::error::Error for ChildFailed {}

/// The error of a process that stands between a command of the user's and the others, when that
/// command has ended otherwise than wanted. The log tells how.
#[derive(Debug)]
pub struct CommandFailed;

impl fmt::Display for CommandFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&both!("the command has failed", "命令失败了"))
    }
}

impl std::error::Error for CommandFailed {}

/// The error of a process that passes SIGTERM on to its children, when it has come.
#[derive(Debug)]
pub struct Terminated;

impl fmt::Display for Terminated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&both!("SIGTERM has come", "收到了 SIGTERM"))
    }
}

impl std::error::Error for Terminated {}
