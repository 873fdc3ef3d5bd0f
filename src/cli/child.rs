//! The hidden subcommand `child`, by which a parent starts its children.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{Args as _, FromArgMatches as _};

use super::chinese::described_child;
use crate::lessons::targets;
use crate::multiprocessing::{AnyTarget, Birth, RunTarget, SUBCOMMAND_NAME};
use crate::words::locale::{self, Language};

/// The command line of a child of a lesson: the subcommand `child`, which the help doesn't list.
pub struct ChildCli {
    /// The options that all children share.
    pub birth: Birth,
    /// The name of its target.
    pub target: &'static str,
    /// The child's function, with its own options.
    pub run: RunTarget,
}

impl ChildCli {
    /// Reads the command line with a parser that knows this child's options only, and no help: a
    /// lesson may start many children, and the whole parser takes long to build. Only an error
    /// builds it, for the message.
    pub(super) fn read(args: &[OsString]) -> Result<ChildCli, clap::Error> {
        let name = args.get(1).and_then(|arg| arg.to_str()).unwrap_or_default();
        let read = match targets().find(|target| target.name == name) {
            Some(target) => ChildCli::of(target, &args[1..]),
            None => Err(clap::Error::new(ErrorKind::InvalidSubcommand)),
        };
        read.map_err(|error| in_full(error, name, args))
    }

    fn of(target: &AnyTarget, args: &[OsString]) -> Result<ChildCli, clap::Error> {
        let mut command = Birth::augment_args((target.command)()).disable_help_flag(true);
        let mut matches = command.try_get_matches_from_mut(args)?;
        let birth = Birth::from_arg_matches_mut(&mut matches)?;
        let run = (target.read)(&mut matches)?;
        // Dropping these would take time for nothing: the process ends soon anyway.
        std::mem::forget((command, matches));
        Ok(ChildCli { birth, target: target.name, run })
    }
}

/// The command line of the child with this name; of all children if there is none.
pub(super) fn command(name: &str) -> clap::Command {
    let command = clap::Command::new(SUBCOMMAND_NAME)
        .bin_name("mp-demo child")
        .about(CHILD_ABOUT)
        .term_width(0)
        .subcommand_required(true)
        .disable_help_subcommand(true)
        .arg_required_else_help(true);
    match targets().find(|target| target.name == name) {
        // The options that all children share ([`Birth`]) are shown for the named child only.
        Some(target) => {
            let child = (target.command)();
            let about = child.get_about().cloned().unwrap_or_default();
            command.subcommand(Birth::augment_args(child).about(about))
        }
        None => command.subcommands(targets().map(|target| (target.command)())),
    }
}

/// The help or error message in the reader's language, from the whole parser. A child started by
/// its parent never comes here.
fn in_full(error: clap::Error, name: &str, args: &[OsString]) -> clap::Error {
    locale::choose(super::language_in(args).unwrap_or_else(locale::of_environment));
    let command = match locale::chosen() {
        Language::En => Ok(command(name)),
        Language::Zh => described_child(command(name)),
    };
    match command.map(|command| command.try_get_matches_from(args)) {
        Ok(Err(in_full)) => in_full,
        _ => error,
    }
}

const CHILD_ABOUT: &str = "\
One child of a lesson

A lesson starts its children; you can start them in a shell as well. Values go
over stdout and stdin, a line of JSON each; the printed lines go to stderr.

  mp-demo child queue-writer A B C | mp-demo child queue-reader";
