//! What happened: the vocabulary of events, and the one pipe to which every process of a run writes
//! them.

mod effect;
mod event;
mod failure;
mod log;
mod own;
mod parts;
mod python;
mod reader;
mod reason;
mod record;
pub mod recording;
mod status;
mod stream;
mod stuck;

pub use effect::{Call, Effect, Label, Mark, Sign, Times, Way};
pub use event::Event;
pub use failure::{Failure, first_cause_first};
pub use log::Log;
pub(crate) use log::{Logged, Who, monotonic_micros};
pub(crate) use own::own_events;
pub use own::{OwnEvent, Vocabulary};
pub use parts::PIPE_BUF;
pub use python::{repr, str};
pub use reader::Entry;
pub(crate) use reason::sentence;
pub use reason::{Because, Named, PartnerGone, Reason, Runtime, Why};
pub(crate) use record::VERSION;
pub use record::{At, CodeLine, Record};
pub use status::Status;
pub use stream::Stream;
pub use stuck::{Holder, Needs, Proof, Waiter};
