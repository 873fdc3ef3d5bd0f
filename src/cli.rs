//! The command line.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{ColorChoice, CommandFactory, Parser, Subcommand};

use crate::lessons::{self, HELP_TEMPLATE, Lesson};
use crate::multiprocessing::Birth;

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

    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every lesson. They may stand before it or after it.
#[derive(clap::Args)]
#[command(next_help_heading = "Options of every lesson")]
pub struct Options {
    /// Print the log of events, one JSON object a line, instead of the article's lines
    #[arg(long, global = true)]
    pub json: bool,

    /// Repeat the random pauses of the run that had this seed
    #[arg(long, value_name = "N", global = true)]
    pub seed: Option<u64>,

    /// Divide every pause by this number; 1 is the article's timing
    #[arg(long, value_name = "X", global = true, default_value = "1", value_parser = lessons::speed)]
    pub speed: f64,

    /// Colour the lines, a colour for each process
    #[arg(long, value_name = "WHEN", global = true, default_value_t = ColorChoice::Auto)]
    pub color: ColorChoice,
}

/// A lesson, or one of its children.
#[derive(Subcommand)]
pub enum Command {
    #[command(flatten)]
    #[allow(missing_docs)]
    Lesson(Lesson),

    /// One child of a lesson, which the lesson starts; you can start it in a shell as well
    #[command(hide = true)]
    Child {
        /// What its parent tells it.
        #[command(flatten)]
        birth: Birth,
        /// Which child.
        #[command(subcommand)]
        child: lessons::Child,
    },
}

impl Cli {
    /// Reads the command line.
    ///
    /// # Errors
    /// Bad usage; and, as clap has it, a request for help or for the version.
    pub fn read() -> Result<Cli, clap::Error> {
        let args = match std::env::args_os().len() {
            0 | 1 => vec!["mp-demo".into(), "--help".into()],
            _ => std::env::args_os().collect(),
        };
        let cli = Cli::try_parse_from::<_, OsString>(args).map_err(name_the_lessons)?;
        if let Command::Lesson(lesson) = &cli.command {
            lesson
                .check()
                .map_err(|error| Cli::command().error(ErrorKind::ValueValidation, error))?;
        }
        Ok(cli)
    }
}

/// clap would name the hidden subcommand here.
fn name_the_lessons(error: clap::Error) -> clap::Error {
    match error.kind() {
        ErrorKind::MissingSubcommand => {
            let message = "which lesson? `mp-demo --help` lists them";
            Cli::command().error(ErrorKind::MissingSubcommand, message)
        }
        _ => error,
    }
}

const EXAMPLES: &str = "\
Examples:
  mp-demo queue                   run a lesson
  mp-demo queue --stop sentinel   change one thing, and see what it changes
  mp-demo help queue              what can be changed";
