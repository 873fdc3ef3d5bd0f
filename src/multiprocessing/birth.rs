//! What a child is told on its command line when it is born, beside what its lesson tells it.

use std::ffi::OsString;

use crate::arguments::{seed, speed};
use crate::events::Clock;

/// The name of the hidden subcommand that a child is started with.
pub const SUBCOMMAND_NAME: &str = "child";

/// Options of every child. One that a person starts by hand needs none of them.
#[derive(clap::Args)]
pub struct Birth {
    /// The part that it plays in the run
    #[arg(long, help_heading = "What its parent tells a child")]
    pub role: Option<String>,

    /// Its parent: it dies when that process dies
    #[arg(
        long,
        value_name = "PID",
        help_heading = "What its parent tells a child"
    )]
    pub parent: Option<i32>,

    /// When the run began, on the monotonic clock; events go to stderr instead of lines
    #[arg(
        long,
        value_name = "MICROSECONDS",
        help_heading = "What its parent tells a child"
    )]
    pub epoch: Option<u64>,

    /// Repeat the random pauses of the run that had this seed
    #[arg(long, value_name = "N", value_parser = seed, allow_negative_numbers = true)]
    pub seed: Option<u64>,

    /// Divide every pause by this number
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = speed)]
    pub speed: f64,
}

impl Birth {
    /// The command line from which a `Birth` is parsed.
    pub fn to_args(role: &str, clock: Option<Clock>, seed: u32, speed: f64) -> Vec<OsString> {
        let mut args = vec![
            "--role".into(),
            role.into(),
            "--parent".into(),
            std::process::id().to_string().into(),
            "--seed".into(),
            seed.to_string().into(),
        ];
        if let Some(Clock { epoch }) = clock {
            args.extend(["--epoch".into(), epoch.to_string().into()]);
        }
        if speed != 1.0 {
            args.extend(["--speed".into(), speed.to_string().into()]);
        }
        args
    }
}
