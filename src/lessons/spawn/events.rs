//! What happens in this lesson only.

use crate::events::{Effect, own_events};

own_events! {
    SpawnEvent:
    /// The parent is about to start a child.
    WillStart {} => Effect::Nothing, [];
    /// A turn of the child's loop; a thread is started next.
    Turn { i: u16 } => Effect::Nothing, [], Again;
    /// The child has left its loop. Its threads may still run.
    Ended {} => Effect::Nothing, [], Once;
    /// The parent's `join()` has returned.
    AfterJoin {} => Effect::Nothing, [], Once;
}
