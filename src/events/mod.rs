//! What happened: the vocabulary of events, and the one pipe to which every process of a run writes them.

mod event;
mod log;
mod parts;
mod python;
mod reader;
mod record;
pub mod recording;
mod status;

pub use event::{Call, Event};
pub use log::{Clock, Log};
pub use parts::PIPE_BUF;
pub use python::{repr, str};
pub use reader::{Entry, LogReader};
#[cfg(test)]
pub use record::Fields;
pub use record::Record;
pub use status::Status;
