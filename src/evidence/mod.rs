//! What the kernel tells of processes: whether they do anything, in which calls they wait, for
//! what, and which processes could bring it. The evidence is from `/proc` (proc(5)) and, for
//! sockets, from sock_diag(7); looking changes nothing. This module knows neither lessons nor
//! views.
//!
//! From bottom to top: a [`Snapshot`] of one process, whose threads are in a [`SystemCall`] each; a
//! [`Sight`] of a family, with all that its processes [`Wait`] for and all processes that could
//! bring it; and, from two sights, a [`Graph`] of the processes that can go on.

mod call;
mod epoll;
mod fill;
mod frames;
mod graph;
mod held;
mod holders;
mod interpreter;
mod look;
mod meaning;
mod memory;
mod onlooker;
mod sight;
mod signals;
mod sockets;
mod things;
mod wait;

pub use call::{SystemCall, Until};
pub use fill::Fill;
pub use frames::{PythonFrame, Stack, Unread, is_python, quietly, script, stacks};
pub use graph::{Cause, Fate, Graph, circle, stopped};
pub use held::What;
pub use interpreter::Interpreters;
pub use look::{ProcessSummary, Snapshot, TaskLook, ThreadState, stopped_by};
pub use meaning::{Duty, Goal};
pub use onlooker::Onlooker;
pub use sight::{Family, Sight};
pub use signals::bit;
pub use wait::{From, Happening, Need, On, Outside, Thing, Unless, Wait};
