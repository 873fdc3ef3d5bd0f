//! What happens in this lesson only.

use crate::events::{Effect, own_events};

own_events! {
    BoundEvent:
    /// The parent is about to start a pool of workers, and measures how long it takes for all
    /// tasks.
    Pool {
        /// What the tasks are: `compute`, `io` or `disk`.
        kind: String,
        /// What the workers are: `processes` or `threads`.
        with: String,
        /// How many workers.
        workers: u16,
        /// How many tasks.
        tasks: u16,
    } => Effect::Nothing, [];
}
