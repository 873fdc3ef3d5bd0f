//! The command line.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{Args as _, ColorChoice, CommandFactory as _, FromArgMatches as _, Parser};

use crate::arguments::{seed, speed};
use crate::lessons::{self, HELP_TEMPLATE, Lesson};
use crate::multiprocessing::{Birth, SUBCOMMAND_NAME};

/// Learn how processes work together: the lessons of Python's multiprocessing, run for real
///
/// Each lesson starts real processes that talk over pipes, and prints what the article's Python program prints.
#[derive(Parser)]
#[command(
    name = "mp-demo",
    version,
    max_term_width = 80,
    help_template = HELP_TEMPLATE,
    before_help = EXAMPLES,
    subcommand_help_heading = "Lessons",
    subcommand_value_name = "LESSON"
)]
pub struct Cli {
    /// Options of every lesson.
    #[command(flatten)]
    pub options: Options,

    /// The lesson to run.
    #[command(subcommand)]
    pub lesson: Lesson,
}

/// Options of every lesson. They may stand before it or after it.
#[derive(clap::Args)]
#[command(next_help_heading = "Options of every lesson")]
pub struct Options {
    /// Print the log of events, one JSON object a line, instead of the article's lines
    #[arg(long, global = true)]
    pub json: bool,

    /// Repeat the random pauses of the run that had this seed (--json shows it)
    #[arg(long, value_name = "N", global = true, value_parser = seed, allow_negative_numbers = true)]
    pub seed: Option<u64>,

    /// Divide every pause by this number; 1 is the article's timing
    #[arg(long, value_name = "X", global = true, default_value = "1", value_parser = speed, allow_negative_numbers = true)]
    pub speed: f64,

    /// Colour the lines, a colour for each process
    #[arg(long, value_name = "WHEN", global = true, default_value_t = ColorChoice::Auto)]
    pub color: ColorChoice,
}

/// The command line of a child of a lesson. It is hidden from those who came for the lessons.
pub struct ChildCli {
    /// What its parent tells it.
    pub birth: Birth,
    /// Which child.
    pub child: lessons::Child,
}

impl ChildCli {
    /// A lesson may start many children, so each reads only what that one child can be told: then a child that does
    /// nothing takes 0.13 million instructions, and 0.50 if it read what the whole program can be told. An empty
    /// program takes 0.11 (valgrind --tool=callgrind).
    fn read(args: &[OsString]) -> Result<ChildCli, clap::Error> {
        let target = args.get(1).and_then(|arg| arg.to_str()).unwrap_or_default();
        let command = clap::Command::new(SUBCOMMAND_NAME)
            .bin_name("mp-demo child")
            .max_term_width(80)
            .subcommand_required(true)
            .disable_help_subcommand(true)
            .arg_required_else_help(true);
        let mut command = lessons::Child::augment_for(target, command).about(CHILD_ABOUT);
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
            child: lessons::Child::from_arg_matches(&matches)?,
        })
    }
}

/// What the command line asks for.
pub enum Request {
    /// Run a lesson.
    Lesson(Cli),
    /// Be a child of one.
    Child(ChildCli),
}

/// Reads the command line.
///
/// # Errors
/// Bad usage; and, as clap has it, a request for help or for the version.
pub fn read() -> Result<Request, clap::Error> {
    let mut args: Vec<OsString> = std::env::args_os().collect();
    if args.get(1).is_some_and(|arg| arg == SUBCOMMAND_NAME) {
        return ChildCli::read(&args[1..]).map(Request::Child);
    }
    if args.len() == 3 && args[1] == "help" && args[2] == SUBCOMMAND_NAME {
        return ChildCli::read(&[SUBCOMMAND_NAME.into(), "--help".into()]).map(Request::Child);
    }
    // Of a short run most is reading the command line of all lessons, and this asks for none of them.
    if args.len() == 2 && (args[1] == "--version" || args[1] == "-V") {
        let only_version = clap::Command::new("mp-demo").version(env!("CARGO_PKG_VERSION"));
        only_version.try_get_matches_from(&args)?;
    }
    if args.len() <= 1 {
        args = vec!["mp-demo".into(), "--help".into()];
    }
    let cli = Cli::try_parse_from(args)?;
    match cli.lesson.check() {
        Ok(()) => Ok(Request::Lesson(cli)),
        Err(error) => {
            let mut command = Cli::command();
            command.build();
            let lesson = command.find_subcommand_mut(cli.lesson.name());
            Err(lesson.map_or_else(
                || clap::Error::raw(ErrorKind::ValueValidation, &error),
                |lesson| lesson.error(ErrorKind::ValueValidation, &error),
            ))
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  mp-demo queue                   run a lesson
  mp-demo queue --stop sentinel   change one thing, and see what it changes
  mp-demo help queue              what can be changed";

const CHILD_ABOUT: &str = "\
One child of a lesson

A lesson starts its children; you can start them in a shell as well. Values go
over stdout and stdin, a line of JSON each; the article's lines go to stderr.

  mp-demo child queue-writer A B C | mp-demo child queue-reader";
