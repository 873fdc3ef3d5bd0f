//! The options on a child's command line that are not its lesson's.

use serde::Serialize;

use crate::arguments::{speed, whole};
use crate::words::locale::Language;

/// The name of the hidden subcommand that a child is started with.
pub const SUBCOMMAND_NAME: &str = "child";

/// Options of every child. One that a person starts by hand needs none of them.
#[derive(clap::Args, Serialize)]
#[command(next_help_heading = "What its parent tells a child")]
pub struct Birth {
    /// The part that it plays in the run
    #[arg(long)]
    pub role: Option<String>,

    /// Its parent: it dies when that process dies
    #[arg(long, value_name = "PID")]
    pub parent: Option<u32>,

    /// When the run began, on the monotonic clock; events go to stderr instead of lines
    #[arg(long, value_name = "MICROSECONDS")]
    pub epoch: Option<u64>,

    /// The name of the queue or pipe that is its stdin
    #[arg(long, value_name = "NAME")]
    pub stdin: Option<String>,

    /// The name of the queue or pipe that is its stdout
    #[arg(long, value_name = "NAME")]
    pub stdout: Option<String>,

    /// The language in which it speaks; the locale's if not given
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    pub lang: Option<Language>,

    /// Seed for the random pauses
    #[arg(long, value_name = "N", help_heading = None::<&str>, value_parser = whole(0..=u64::MAX),
        allow_negative_numbers = true)]
    pub seed: Option<u64>,

    /// Divide every pause by this number [default: 1]
    // The default is not clap's: each default of clap's costs a child as much time as an option.
    #[arg(long, value_name = "X", help_heading = None::<&str>, value_parser = speed)]
    pub speed: Option<f64>,
}
