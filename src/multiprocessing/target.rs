//! What a child process does.

use anyhow::Result;
use clap::{ArgMatches, Command};
use serde::Serialize;

use super::command_line::Words;
use super::current_process::CurrentProcess;
use super::new_process::{IntoProcess, NewProcess};

/// A child's half of a lesson: its fields are what it is told on its command line, and
/// [`Target::run`] is what it does. In Python it would be a function and its arguments,
/// `Process(target=..., args=...)`.
pub trait Target: clap::Args + Serialize + 'static {
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

/// Some [`Target`], found by its name on the command line.
pub struct AnyTarget {
    /// Its name.
    pub name: &'static str,
    /// Its command line.
    pub command: fn() -> Command,
    /// Takes its fields from a command line that was read.
    pub read: fn(&mut ArgMatches) -> Result<RunTarget, clap::Error>,
}

/// [`Target::run`] of a target that was read.
pub type RunTarget = Box<dyn FnOnce(CurrentProcess) -> Result<()>>;

impl AnyTarget {
    /// A target of this type.
    pub const fn of<T: Target>() -> AnyTarget {
        AnyTarget {
            name: T::NAME,
            command: || T::augment_args(Command::new(T::NAME)),
            read: |matches| {
                let target = T::from_arg_matches_mut(matches)?;
                Ok(Box::new(|process| target.run(process)))
            },
        }
    }
}
