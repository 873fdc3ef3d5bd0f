//! Targets: what a child process does.

use std::hint::black_box;

use anyhow::Result;
use clap::{ArgMatches, Command};
use serde::Serialize;

use super::command_line::Words;
use super::current_process::CurrentProcess;
use super::new_process::{ChildEnd, IntoProcess, NewProcess};
use crate::arguments::with_negative_numbers;

/// A child's half of a lesson: the fields are its command line, and [`Target::run`] is what it
/// does. In Python it would be a function and its arguments, `Process(target=..., args=...)`.
pub trait Target: clap::Args + Serialize + 'static {
    /// The target's name on the command line.
    const NAME: &'static str;

    /// What the child does. After an error its exit status is 1.
    fn run(self, process: CurrentProcess) -> Result<()>;
}

impl<'a, T: Target> IntoProcess<'a> for T {
    fn into_process(self) -> NewProcess<'a> {
        let mut words = Words::default();
        let added = words.add(&self);
        NewProcess {
            target: T::NAME,
            words: added.map(|()| words),
            is_foreign: false,
            command: None,
            is_go_between: false,
            outlives_parent: false,
            stdin: ChildEnd::null(),
            stdout: ChildEnd::null(),
        }
    }
}

/// A [`Target`] of any type, found by its name on the command line.
pub struct AnyTarget {
    pub name: &'static str,
    pub command: fn() -> Command,
    /// Takes the target's fields from a parsed command line.
    pub read: fn(&mut ArgMatches) -> Result<RunTarget, clap::Error>,
}

/// [`Target::run`] of a parsed target.
pub type RunTarget = Box<dyn FnOnce(CurrentProcess) -> Result<()>>;

impl AnyTarget {
    pub const fn of<T: Target>() -> AnyTarget {
        AnyTarget {
            name: T::NAME,
            command: || with_negative_numbers(T::augment_args(Command::new(T::NAME))),
            read: |matches| {
                let target = T::from_arg_matches_mut(matches)?;
                Ok(Box::new(|process| target.run(process)))
            },
        }
    }
}

/// Computes until it is ended, for `--load`
#[derive(clap::Args, Serialize)]
pub struct Busy {}

impl Target for Busy {
    const NAME: &'static str = "busy";

    fn run(self, _: CurrentProcess) -> Result<()> {
        loop {
            black_box(0_u64);
        }
    }
}
