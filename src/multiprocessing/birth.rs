//! What a child is told on its command line when it is born, beside what its lesson tells it.

use std::ffi::OsString;

use crate::events::Clock;

/// The name of the hidden subcommand that a child is started with.
pub const SUBCOMMAND_NAME: &str = "child";

/// Options of every child. A child that a person starts by hand has none of them.
#[derive(clap::Args)]
pub struct Birth {
    /// Part that this process plays in the run
    #[arg(long, global = true)]
    pub role: Option<String>,

    /// PID of the process that started this one: die when it dies
    #[arg(long, value_name = "PID", global = true)]
    pub parent: Option<i32>,

    /// When the run began, on the monotonic clock, in microseconds; events go to stderr
    #[arg(long, value_name = "MICROSECONDS", global = true)]
    pub epoch: Option<u64>,
}

impl Birth {
    /// The command line that `Birth` and the program's `--seed` and `--speed` are parsed from.
    pub fn to_args(role: &str, clock: Clock, seed: u32, speed: f64) -> Vec<OsString> {
        let mut args = vec![
            "--role".into(),
            role.into(),
            "--parent".into(),
            std::process::id().to_string().into(),
            "--epoch".into(),
            clock.epoch.to_string().into(),
            "--seed".into(),
            seed.to_string().into(),
        ];
        if speed != 1.0 {
            args.extend(["--speed".into(), speed.to_string().into()]);
        }
        args
    }
}
