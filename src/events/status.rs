//! How a process ended.

use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use serde::{Deserialize, Serialize};

use crate::both;

/// How a process ended: it left by itself with an exit status, or a signal ended it. In the log
/// `{"code": 0}` or `{"signal": 15}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Code(i32),
    Signal(i32),
}

impl Status {
    pub const SIGTERM: i32 = rustix::process::Signal::TERM.as_raw();
    pub const SIGINT: i32 = rustix::process::Signal::INT.as_raw();
    pub const SIGKILL: i32 = rustix::process::Signal::KILL.as_raw();

    /// What a wait status says, as waitpid(2) gives it.
    pub fn from_wait_status(status: i32) -> Status {
        let status = ExitStatus::from_raw(status);
        match (status.code(), status.signal()) {
            (Some(code), _) => Status::Code(code),
            (None, signal) => Status::Signal(signal.unwrap_or_default()),
        }
    }

    /// Whether the parent wanted its child to end with this status, having `sent` it this signal or
    /// none. After a SIGKILL every status is wanted, for then the run is over.
    pub fn is_wanted(self, sent: Option<i32>) -> bool {
        sent == Some(Status::SIGKILL)
            || self == Status::Code(0)
            || sent.is_some_and(|signal| self == Status::Signal(signal))
    }

    /// In a word: `0`, or `SIGTERM (15)`.
    pub fn in_a_word(self) -> String {
        match self {
            Status::Code(code) => code.to_string(),
            Status::Signal(number) => format!("{} ({number})", self.signal_name()),
        }
    }

    /// The POSIX name of the signal that ended the process, or `signal 40` for a signal without a
    /// name. Empty after an exit status.
    pub fn signal_name(self) -> String {
        match self {
            Status::Code(_) => String::new(),
            Status::Signal(number) => {
                signal_name(number).unwrap_or_else(|| format!("signal {number}"))
            }
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match *self {
            Status::Code(code) => {
                both!("ended with exit status {code}", "结束了，退出状态是 {code}")
            }
            Status::Signal(number) => match signal_name(number) {
                Some(name) => both!("was killed by {name} ({number})", "被 {name}（{number}）终止"),
                None => both!("was killed by signal {number}", "被信号 {number} 终止"),
            },
        };
        f.write_str(&words)
    }
}

/// The POSIX name of a signal. std has a table of the names only in the display of an exit status,
/// `signal: 9 (SIGKILL)`.
fn signal_name(number: i32) -> Option<String> {
    let shown = ExitStatus::from_raw(number).to_string();
    let (_, name) = shown.split_once('(')?;
    let (name, _) = name.split_once(')')?;
    name.starts_with("SIG").then(|| name.to_owned())
}
