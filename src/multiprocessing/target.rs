//! What a child process does.

use anyhow::Result;
use serde::Serialize;

use super::command_line::Words;
use super::current_process::CurrentProcess;
use super::new_process::{IntoProcess, NewProcess};

/// A child's half of a lesson: its fields are what it is told on its command line, and
/// [`Target::run`] is what it does. In Python it would be a function and its arguments,
/// `Process(target=..., args=...)`.
pub trait Target: clap::Args + Serialize {
    /// Its name on the command line.
    const NAME: &'static str;

    /// What the child does.
    ///
    /// # Errors
    /// What it could not do; its exit status is then 1.
    fn run(self, process: CurrentProcess) -> Result<()>;
}

impl<'a, T: Target> IntoProcess<'a> for T {
    fn into_process(self) -> NewProcess<'a> {
        NewProcess::new(T::NAME, Words::of(&self))
    }
}
