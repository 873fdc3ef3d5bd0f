//! What happens in this lesson only.

use crate::events::{Effect, own_events};

own_events! {
    TerminateEvent:
    /// The process makes something that it has to clean up, as Python does in `try ... finally`.
    Try {} => Effect::Nothing, [];
    /// The process cleans up.
    Finally {} => Effect::Nothing, ['◇' 'u' "cleans up" "清理", ""];
}
