//! Asks what a command will do, runs it, and grades the answer.
//!
//! The experiments stand in `demos/*/experiments.toml`, so a teacher can add one without Rust. The
//! grade goes by the truth in that file: runs can prove "sometimes", and never "always" or "never".

mod answer;
mod experiment;
mod session;
mod trial;

pub use crate::report::runs::Often;
pub use experiment::{Choices, Experiment, Question, handout_of, next_of};
pub(crate) use session::{Session, list};
