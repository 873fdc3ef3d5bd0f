//! Processes that ended otherwise than their parent wanted.

use std::fmt;

use super::status::Status;
use crate::both;

/// A process that ended otherwise than its parent wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Its PID.
    pub pid: u32,
    /// Its role.
    pub role: String,
    /// How it ended.
    pub status: Status,
    /// Why it gave up, if it said so.
    pub last_words: Option<String>,
}

/// Puts failures that stand in the order of their ends in the order of causes: a signal that no parent sent is never
/// another process's doing, so it comes before the errors of those who lost their partner.
pub fn first_cause_first(failures: &mut [Failure]) {
    failures.sort_by_key(|failure| matches!(failure.status, Status::Code(_)));
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (role, pid, status) = (&self.role, self.pid, self.status);
        f.write_str(&both!(
            "{role} (PID {pid}) {status}",
            "{role}（PID {pid}）{status}"
        ))?;
        match &self.last_words {
            Some(words) => f.write_str(&both!(": {words}", "：{words}")),
            None => Ok(()),
        }
    }
}
