//! What happens in this lesson only.

use crate::events::{Effect, Status, own_events};

own_events! {
    ZombieEvent:
    /// What the kernel says of a process.
    ProcessState {
        of: u32,
        /// The process's state, as proc(5) has it: `S` sleeping, `Z` zombie; nothing if there is no
        /// such process.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        state: Option<char>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kib: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<u32>,
        /// The exit status, as long as the kernel keeps it for the parent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<Status>,
    } => match state {
        Some('Z') => Effect::IsZombie(*of),
        _ => Effect::Nothing,
    }, [];
}
