//! What happens in this lesson only.

use crate::events::{Effect, own_events};

own_events! {
    LockEvent:
    /// The process begins to count up what it shares with others.
    Counting {
        /// How often it will read, add 1 and write.
        turns: u32,
        /// The name of the lock that it takes for each turn, if it does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lock: Option<String>,
    } => Effect::Nothing, [];
    /// It has done all its turns.
    Counted {
        /// What it has written last.
        last: u64,
    } => Effect::Nothing, [];
    /// The parent looks at the counter when all have counted.
    Total {
        /// What it finds there.
        value: u64,
        /// How often 1 was added.
        of: u64,
    } => Effect::Nothing, [];
}
