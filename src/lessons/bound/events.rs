//! What happens in this lesson only.

use super::table::{TaskKind, WorkerKind};
use crate::events::{Effect, own_events};

own_events! {
    BoundEvent:
    /// The parent is about to start a pool of workers, and to measure it.
    Pool { kind: TaskKind, with: WorkerKind, workers: u16, tasks: u16 } => Effect::Nothing, [];
}
