//! A process that keeps a core busy.

use std::hint::black_box;

use anyhow::Result;
use serde::Serialize;

use super::current_process::CurrentProcess;
use super::target::Target;

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
