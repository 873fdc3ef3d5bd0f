//! Who an event happened to.

use serde::Serialize;

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
