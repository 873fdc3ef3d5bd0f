//! What lessons are written in: the names and meanings of Python's `multiprocessing`, over real processes
//! and kernel pipes.
//!
//! The parent's half of a lesson has a [`Context`], from which it starts its processes; a child's half has
//! its [`CurrentProcess`]. They talk over a [`Queue`] or over the two [`Connection`]s of a [`pipe`].

mod birth;
mod children;
mod connection;
mod context;
mod current_process;
mod limits;
mod messages;
mod process;
mod queue;
mod stdin;

pub use birth::{Birth, SUBCOMMAND_NAME};
pub use children::Children;
pub use connection::{Connection, PipeConnection, WrongDirection, pipe};
pub use context::{Context, Outcome};
pub use current_process::CurrentProcess;
pub use limits::{check_descriptors, ensure_descriptors};
pub use messages::PartnerGone;
pub use process::{Process, start_and_join_plainly};
pub use queue::{GetEnd, Got, PutEnd, Queue, StdinGetEnd, check_size};
