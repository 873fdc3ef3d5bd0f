//! The command line of a child.

use std::ffi::OsString;

use clap::{Args as _, FromArgMatches as _};

use crate::lessons;
use crate::multiprocessing::{Birth, SUBCOMMAND_NAME};

/// The command line of a child of a lesson. It is hidden from those who came for the lessons.
pub struct ChildCli {
    /// What its parent tells it.
    pub birth: Birth,
    /// Which child.
    pub child: lessons::AnyChild,
}

impl ChildCli {
    /// A lesson may start many children, so each reads only what that one child can be told: then a child that does
    /// nothing takes 0.13 million instructions, and 0.50 if it read what the whole program can be told. An empty
    /// program takes 0.11 (valgrind --tool=callgrind).
    pub(super) fn read(args: &[OsString]) -> Result<ChildCli, clap::Error> {
        let target = args.get(1).and_then(|arg| arg.to_str()).unwrap_or_default();
        let command = clap::Command::new(SUBCOMMAND_NAME)
            .bin_name("mp-demo child")
            .max_term_width(80)
            .subcommand_required(true)
            .disable_help_subcommand(true)
            .arg_required_else_help(true);
        let mut command = lessons::AnyChild::augment_for(target, command).about(CHILD_ABOUT);
        if command.find_subcommand(target).is_some() {
            // What every child can be told belongs to the one that is meant, not to all.
            command = command.mut_subcommand(target, |child| {
                let about = child.get_about().cloned().unwrap_or_default();
                Birth::augment_args(child).about(about)
            });
        }
        let matches = command.try_get_matches_from_mut(args)?;
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

const CHILD_ABOUT: &str = "\
One child of a lesson

A lesson starts its children; you can start them in a shell as well. Values go
over stdout and stdin, a line of JSON each; the article's lines go to stderr.

  mp-demo child queue-writer A B C | mp-demo child queue-reader";
