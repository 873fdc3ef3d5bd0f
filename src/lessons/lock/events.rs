//! What happens in this lesson only.

use crate::events::{Effect, own_events};

own_events! {
    LockEvent:
    /// The process begins to count up the shared counter.
    Counting { turns: u32; lock: String } => Effect::Nothing, [];
    /// The process has done all its turns.
    Counted { last: u64 } => Effect::Nothing, [];
    /// The parent looks at the counter when all have counted.
    Total { value: u64, of: u64 } => Effect::Nothing, [];
}
