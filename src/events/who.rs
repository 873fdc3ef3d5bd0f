//! Who an event happened to, and where in the program.

use std::borrow::Cow;
use std::fmt;
use std::panic::Location;

use serde::{Deserialize, Serialize};

/// Who writes: the first fields of an event.
#[derive(Clone, Serialize)]
pub struct Who {
    /// The process's PID.
    pub pid: u32,
    /// The part that the process plays: `parent`, `writer`, `reader-2`.
    pub role: String,
    /// The thread's name, where it is not the main thread.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
}

impl Who {
    /// The main thread of this process, which plays this role.
    pub fn this_process(role: impl Into<String>) -> Who {
        Who { pid: std::process::id(), role: role.into(), thread: None }
    }
}

/// Where in the program an event happened.
#[derive(Serialize, Deserialize)]
pub struct At<'a> {
    /// The file, relative to the program's folder.
    #[serde(borrow)]
    pub file: Cow<'a, str>,
    /// The line in it, from 1.
    pub line: u32,
    /// The function, in a Python program.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub function: Option<Cow<'a, str>>,
}

/// Where the programs of lessons stand. All other code is their library.
const PROGRAMS: &str = "src/lessons/";

impl At<'static> {
    /// The place of a call, if it is in a program: a library also does something by itself, such as
    /// to reap a child.
    pub(super) fn of(call: &'static Location) -> Option<At<'static>> {
        let (file, line) = (call.file(), call.line());
        file.starts_with(PROGRAMS).then(|| At { file: file.into(), line, function: None })
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
