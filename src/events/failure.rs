//! Processes that ended otherwise than their parent wanted, in words.

use std::fmt;

use super::reason::{Named, Why};
use super::status::Status;
use crate::both;

/// A process that ended otherwise than its parent wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    pub process: Named,
    /// Whether it stands between a command of the user's and the others. Then its last words are
    /// about that.
    pub stands_between: bool,
    pub status: Status,
    /// Why it gave up, if it said so.
    pub last_words: Option<Why>,
}

/// Puts failures that stand in the order of their ends in the order of causes: a signal that no
/// parent sent is never another process's doing, so it comes before the errors of those who lost
/// their partner.
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
            // It has not become that command.
            Some(words) if process.command.is_some() => {
                both!("{process} did not start: {words}", "{process}没有启动：{words}")
            }
            Some(words) => both!("{process} {status}: {words}", "{process}{status}：{words}"),
            None => both!("{process} {status}", "{process}{status}"),
        })
    }
}
