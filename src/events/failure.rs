//! Failures: processes that ended otherwise than their parent wanted, in words.

use std::fmt;

use super::reason::{Named, Why};
use super::status::Status;
use crate::both;

/// A process that ended otherwise than its parent wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    pub process: Named,
    /// Whether the process is the go-between of a user's command. Then its last words are about the
    /// command.
    pub stands_between: bool,
    pub status: Status,
    /// Why the process gave up, if it logged an error.
    pub last_words: Option<Why>,
}

/// Sorts failures, given in the order of their ends, by cause. A process killed by a signal comes
/// first: it is never the result of another failure, while an exit status may be that of a process
/// whose partner was killed.
pub fn first_cause_first(failures: &mut [Failure]) {
    failures.sort_by_key(|failure| matches!(failure.status, Status::Code(_)));
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { process, stands_between, status, last_words } = self;
        f.write_str(&match last_words {
            Some(words) if *stands_between && matches!(status, Status::Code(_)) => {
                words.to_string()
            }
            // The process failed before its exec(2) of the command.
            Some(words) if process.command.is_some() => {
                both!("{process} did not start: {words}", "{process}没有启动：{words}")
            }
            Some(words) => both!("{process} {status}: {words}", "{process}{status}：{words}"),
            None => both!("{process} {status}", "{process}{status}"),
        })
    }
}
