//! The command line of a child.

use std::ffi::OsString;

use clap::{Args as _, FromArgMatches as _};

use super::chinese::described_child;
use crate::lessons;
use crate::multiprocessing::{Birth, SUBCOMMAND_NAME};
use crate::words::locale::{self, Language};

/// The command line of a child of a lesson. It is hidden from those who came for the lessons.
pub struct ChildCli {
    /// What its parent tells it.
    pub birth: Birth,
    /// Which child.
    pub child: lessons::AnyChild,
}

impl ChildCli {
    /// A lesson may start many children, so each reads only what that one child can be told: then a
    /// child that does nothing takes 0.13 million instructions, and 0.50 if it read what the whole
    /// program can be told. An empty program takes 0.11 (valgrind --tool=callgrind).
    pub(super) fn read(args: &[OsString]) -> Result<ChildCli, clap::Error> {
        let target = args.get(1).and_then(|arg| arg.to_str()).unwrap_or_default();
        let mut command = command(target);
        let matches = command.try_get_matches_from_mut(args);
        let matches = matches.map_err(|error| in_the_readers_language(error, target, args))?;
        // Taking it apart again is work for nothing: the process will end anyway.
        std::mem::forget(command);
        Ok(ChildCli {
            birth: Birth::from_arg_matches(
                matches.subcommand().map_or(&matches, |(_, child)| child),
            )?,
            child: lessons::AnyChild::from_arg_matches(&matches)?,
        })
    }
}

/// The command line of the child with this name; of all children if there is none.
pub(super) fn command(target: &str) -> clap::Command {
    let command = clap::Command::new(SUBCOMMAND_NAME)
        .bin_name("mp-demo child")
        .max_term_width(80)
        .subcommand_required(true)
        .disable_help_subcommand(true)
        .arg_required_else_help(true);
    let command = lessons::AnyChild::augment_for(target, command).about(CHILD_ABOUT);
    if command.find_subcommand(target).is_none() {
        return command;
    }
    // What every child can be told belongs to the one that is meant, not to all.
    command.mut_subcommand(target, |child| {
        let about = child.get_about().cloned().unwrap_or_default();
        Birth::augment_args(child).about(about)
    })
}

/// What clap answers, help above all, once more in Chinese for whoever reads that. A child that its
/// parent starts never comes here.
fn in_the_readers_language(error: clap::Error, target: &str, args: &[OsString]) -> clap::Error {
    locale::choose(super::language_in(args).unwrap_or_else(locale::of_environment));
    if locale::chosen() == Language::En {
        return error;
    }
    let chinese = described_child(command(target)).map(|it| it.try_get_matches_from(args));
    match chinese {
        Ok(Err(error)) => error,
        _ => error,
    }
}

const CHILD_ABOUT: &str = "\
One child of a lesson

A lesson starts its children; you can start them in a shell as well. Values go
over stdout and stdin, a line of JSON each; the article's lines go to stderr.

  mp-demo child queue-writer A B C | mp-demo child queue-reader";
