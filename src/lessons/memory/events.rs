//! What happens in this lesson only.

use crate::events::{Effect, own_events};

own_events! {
    MemoryEvent:
    /// The process looks at its counter.
    Counter {
        /// What it finds there.
        value: i64,
        /// Where that is, in its own memory.
        address: String,
    } => Effect::Nothing, [];
}
