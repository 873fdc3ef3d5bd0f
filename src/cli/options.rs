//! The options that several commands share.

use std::path::PathBuf;

use clap::{ColorChoice, ValueEnum};

use crate::arguments::{Patience, outcome, patience, speed, whole};
use crate::views::Axis;
use crate::words::locale::{Language, LanguageParser};

/// Options of every lesson. They may stand before it or after it.
#[derive(clap::Args)]
#[command(next_help_heading = "Options of every lesson")]
pub struct Options {
    /// What to show of the run.
    #[command(flatten)]
    pub(crate) views: ViewOptions,

    /// Seed for the random pauses: that of an earlier run, which --json shows, repeats them
    #[arg(long, value_name = "N", global = true, value_parser = whole(0..=u64::MAX),
        allow_negative_numbers = true)]
    pub(crate) seed: Option<u64>,

    /// How long nothing may happen before mp-demo checks whether the run, or a command of yours, is
    /// stuck; `never` leaves it hanging
    #[arg(long, value_name = "SECONDS", global = true, default_value = "2",
        value_parser = patience, allow_negative_numbers = true)]
    pub(crate) patience: Patience,

    /// Make all pauses this many times shorter
    #[arg(long, value_name = "X", global = true, default_value = "1", value_parser = speed,
        allow_negative_numbers = true)]
    pub(crate) speed: f64,

    /// Write the log of events to a file, too; `mp-demo view FILE` shows the run again
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) record: Option<PathBuf>,

    /// Whether to run the lesson more than once.
    #[command(flatten)]
    pub(crate) repeat: RepeatOptions,
}

/// The IDs of a struct's options.
pub(super) fn ids_of<T: clap::Args>() -> Vec<String> {
    let command = T::augment_args(clap::Command::new(""));
    command.get_arguments().map(|option| option.get_id().to_string()).collect()
}

/// The options that show one run: each view but the log itself.
pub(super) fn of_one_run() -> Vec<String> {
    let mut ids = ids_of::<ViewOptions>();
    ids.retain(|id| !["ascii", "json", "color", "lang"].contains(&&**id));
    ids.push("record".to_owned());
    ids
}

/// The options that mean something only with --repeat.
pub(super) fn of_many_runs() -> Vec<String> {
    let mut ids = ids_of::<RepeatOptions>();
    ids.retain(|id| id != "repeat");
    ids
}

/// How often to run a lesson, and under which conditions.
#[derive(clap::Args)]
pub struct RepeatOptions {
    /// Run it N times, 1 to 100000, and count how often each claim is true and what comes out; 100
    /// times without N
    #[arg(
        long,
        value_name = "N",
        global = true,
        num_args = 0..=1,
        default_missing_value = "100",
        value_parser = whole(1..=100_000_u64),
        allow_negative_numbers = true
    )]
    pub(crate) repeat: Option<u64>,

    /// With --repeat: record each outcome's first run in this folder, which has to be new or empty
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) keep: Option<PathBuf>,

    /// With --repeat: only until a run comes out like this, which is then recorded
    #[arg(long, value_name = "TEXT", global = true, value_parser = outcome)]
    pub(crate) outcome: Option<String>,

    /// With --repeat: keep all processes of a run on one core
    #[arg(long, global = true)]
    pub(crate) one_core: bool,

    /// With --repeat: have a process for each core that computes all the time
    #[arg(long, global = true)]
    pub(crate) load: bool,
}

/// How much to explain.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Explanation {
    /// Including what is the same in every run
    Full,
    /// Only what is new about this run
    Brief,
}

/// What stands before each line.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Prefix {
    /// Time, role and PID
    Who,
    /// The file and line of the program, too
    Lines,
}

/// What to show of a run, and how.
#[derive(clap::Args)]
pub struct ViewOptions {
    /// After the run, draw who did what when, with a lane for each process; =order gives each event
    /// a column, =time equal times equal room
    #[arg(
        long,
        global = true,
        value_name = "BY",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "auto"
    )]
    pub(crate) timeline: Option<Axis>,

    /// Draw the timeline in ASCII, for terminals that draw lines two columns wide
    #[arg(long, global = true)]
    pub(crate) ascii: bool,

    /// Explain this run between its lines, on stderr; =brief says only what is new about it
    #[arg(
        long,
        global = true,
        value_name = "HOW",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "full"
    )]
    pub(crate) explain: Option<Explanation>,

    /// After the run, list which claims of the lesson held in it
    #[arg(long, global = true)]
    pub(crate) claims: bool,

    /// Prefix each line with its time, role and PID; =lines adds where in the program it was
    /// printed
    #[arg(
        long,
        global = true,
        value_name = "WHAT",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "who"
    )]
    pub(crate) labels: Option<Prefix>,

    /// Write the run to a file as a Chrome trace, which ui.perfetto.dev opens
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) trace: Option<PathBuf>,

    /// Write a page of the run to a file: HTML to step through it event by event, the code beside it
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) page: Option<PathBuf>,

    /// Print the log of events instead of the program's output, one JSON object per line
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Whether the output is coloured, with a colour for each process
    #[arg(long, value_name = "WHEN", global = true, default_value_t = ColorChoice::Auto)]
    pub(crate) color: ColorChoice,

    /// Language of all that is said [default: the locale's]
    #[arg(long, value_name = "LANGUAGE", global = true, value_parser = LanguageParser)]
    pub(crate) lang: Option<Language>,
}
