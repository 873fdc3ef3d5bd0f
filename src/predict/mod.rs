//! Asks what a command will do, runs it, and grades the answer.
//!
//! The experiments stand in `demos/*/experiments.toml`, so a teacher can add one without Rust. The
//! grade goes by the truth that stands there with its reason. Runs can prove "sometimes", and never
//! "always" or "never".

mod answer;
mod ask;
mod experiment;
mod trial;

pub use answer::{Answer, letter};
pub use ask::{Answers, Session, list};
pub use experiment::{Experiment, Question};
pub use trial::{Grade, Trial};
