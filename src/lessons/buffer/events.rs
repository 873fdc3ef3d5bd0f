//! What happens in this lesson only.

use crate::events::{Effect, own_events};

own_events! {
    BufferEvent:
    /// The process prints a line, which is in its buffer now.
    Buffered { text: String, bytes: u64 } => Effect::Nothing, ['○' 'o' "print" "print", text];
    /// The process is about to hand what is in its buffer to the kernel, in one write.
    Write { text: String } => Effect::Nothing, ['●' 'O' "write" "write", text];
    /// The parent has read a line of what its child has written.
    Read { text: String } => Effect::Nothing, ['▲' '^' "read" "read", text];
}
