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
    /// The user's command that it ran, where it was one.
    pub command: Option<String>,
    /// Whether it stands between a command of the user's and the others. Then its last words are
    /// about that.
    pub stands_between: bool,
    /// How it ended.
    pub status: Status,
    /// Why it gave up, if it said so.
    pub last_words: Option<String>,
}

/// Puts failures that stand in the order of their ends in the order of causes: a signal that no
/// parent sent is never another process's doing, so it comes before the errors of those who lost
/// their partner.
pub fn first_cause_first(failures: &mut [Failure]) {
    failures.sort_by_key(|failure| matches!(failure.status, Status::Code(_)));
}

/// A process that runs a command of the user's, in a sentence.
pub fn named(role: &str, pid: u32, command: &str) -> String {
    both!("{role} (PID {pid}, `{command}`)", "{role}（PID {pid}，`{command}`）")
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (true, Status::Code(_), Some(words)) =
            (self.stands_between, self.status, &self.last_words)
        {
            return f.write_str(words);
        }
        let (role, pid, status) = (&self.role, self.pid, self.status);
        let who = match (&self.command, &self.last_words) {
            // It has not become that command.
            (Some(command), Some(words)) => {
                let who = named(role, pid, command);
                return f
                    .write_str(&both!("{who} did not start: {words}", "{who}没有启动：{words}"));
            }
            (Some(command), None) => named(role, pid, command),
            (None, _) => both!("{role} (PID {pid})", "{role}（PID {pid}）"),
        };
        f.write_str(&both!("{who} {status}", "{who}{status}"))?;
        match &self.last_words {
            Some(words) => f.write_str(&both!(": {words}", "：{words}")),
            None => Ok(()),
        }
    }
}
