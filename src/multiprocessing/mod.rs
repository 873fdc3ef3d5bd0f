//! The library that lessons are written with: the names and meanings of Python's `multiprocessing`,
//! over real processes and kernel pipes. Each call logs what it does.
//!
//! The parent's half of a lesson has a [`Context`], from which it starts its processes; a child's
//! half is a [`Target`] and has its [`CurrentProcess`]. They talk over a [`Queue`] or over the two
//! [`Connection`]s of a pipe.

mod bell;
mod birth;
mod channel;
mod child_process;
mod children;
mod command_line;
mod connection;
mod context;
mod current_process;
pub(crate) mod descendants;
mod ends;
mod guards;
mod interruption;
mod limits;
mod lock;
mod logs;
mod messages;
mod new_process;
mod output;
mod parent;
mod program;
mod queue;
mod shared_value;
mod target;

pub use birth::{Birth, SUBCOMMAND_NAME};
pub use child_process::{ChildProcess, ChildProcesses, start_and_join_plainly};
pub use children::Children;
pub use connection::Connection;
pub use context::{Context, numbered};
pub use current_process::CurrentProcess;
pub(crate) use descendants::ends_all;
pub use guards::Guard;
pub(crate) use guards::SecondGuard;
pub use interruption::Interruption;
pub use limits::{check_descriptors, ensure_descriptors};
pub use lock::FLOCK;
pub use logs::Logs;
pub use new_process::IntoProcess;
pub use output::To;
pub use program::{Exec, Program, ProgramArgs, ProgramStreams};
pub use queue::{GetEnd, Got, PutEnd, Queue, check_sizes};
pub use shared_value::GATE;
pub use target::{AnyTarget, Busy, RunTarget, Target};
