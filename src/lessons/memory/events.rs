//! What happens in this lesson only.

use crate::events::{Effect, own_events};

own_events! {
    MemoryEvent:
    /// The process looks at its counter: what it finds there, and where that is in its own memory.
    Counter { value: i64, address: String } => Effect::Nothing, [];
}
