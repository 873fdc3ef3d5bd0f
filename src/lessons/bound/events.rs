//! What happens in this lesson only.

use crate::events::{Effect, own_events};

own_events! {
    BoundEvent:
    /// The parent is about to start a pool of workers, and measures how long it takes for all
    /// tasks.
    Pool { kind: String, with: String, workers: u16, tasks: u16 } => Effect::Nothing, [];
}
