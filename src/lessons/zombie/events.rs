//! What happens in this lesson only.

use crate::events::{Effect, Status, own_events};

own_events! {
    ZombieEvent:
    /// What the kernel says of a process.
    ProcessState {
        of: u32;
        /// The process's state, as proc(5) has it: `S` sleeping, `Z` zombie; nothing if there is no
        /// such process.
        state: char,
        kib: u64,
        parent: u32,
        /// The exit status, as long as the kernel keeps it for the parent.
        status: Status
    } => match state {
        Some('Z') => Effect::IsZombie(*of, *status),
        _ => Effect::Nothing,
    }, [];
}
