//! Cost: what processes, threads, queues and pipes cost on this machine.
//!
//! Three are measured in turns, so that all have the same good and bad moments of the machine: this
//! program with its own `Process`, `Queue` and `Connection`; the limit below it, which is the same
//! work by plain calls without that layer; and CPython, by `demos/cost/program.py`. What is left
//! out: memory, and machines with something else to do.

mod children;
mod claims;
mod python;
mod rows;
mod table;

use std::time::{Duration, Instant};

use anyhow::Result;
use serde::Serialize;
use strum::VariantArray as _;

use super::{Lesson, Parts};
use crate::multiprocessing::{AnyTarget, Busy, Context, Logs};
use crate::os::one_core::OneCore;

use children::{CostEcho, CostNothing, CostPut, CostSend};
use claims::CostJudge;
use python::{CostPython, Python};
use table::{Row, Samples, Side};

/// Measure what processes, threads, queues and pipes cost here
///
/// "Processes are heavy" - how heavy? Each row is measured for this program, for the plain calls
/// below it (the limit), and for CPython if there is a `python3`, all on one core. It takes under
/// 20 seconds.
///
/// Rust and Python: a value is JSON here and a pickle there; both are in the price.
#[derive(clap::Args, Serialize)]
#[command(before_help = "\
Examples:
  mp-demo cost             all rows, many rounds
  mp-demo cost --quick     fewer rounds, under 5 seconds
  mp-demo cost --json | grep measured")]
pub struct Args {
    /// Fewer rounds: under 5 seconds, and less exact
    #[arg(long)]
    quick: bool,
}

impl Lesson for Args {
    fn run(&self, mp: &Context) -> Result<()> {
        // A slow machine gets fewer turns, not more time.
        let (turns, limit) = match self.quick {
            false => (15, Duration::from_secs(16)),
            true => (4, Duration::from_secs(3)),
        };
        let start = Instant::now();
        // Children inherit the core, CPython too.
        let one_core = OneCore::stay();
        let (mut python, name) = Python::start(mp)?;
        let mut samples = Samples::default();

        let mut done = 0;
        while done < turns && (done < 2 || start.elapsed() < limit) {
            // The three are measured in turns: a machine that is slow for a while is slow for all
            // of them.
            for &row in Row::VARIANTS {
                for (side, bare) in [(Side::Ours, false), (Side::Limit, true)] {
                    if let Some(seconds) = rows::measure(row, bare, mp)? {
                        samples.add(row, side, seconds);
                    }
                }
                if let Some(python) = &mut python {
                    samples.add(row, Side::Python, python.measure(row, mp)?);
                }
            }
            done += 1;
            mp.progress(done as u64, turns as u64)?;
        }
        // Dropping CPython closes its pipe, which ends the process.
        drop(python);

        for line in table::heading(done, &name, one_core.is_some()) {
            mp.say(line)?;
        }
        for &row in Row::VARIANTS {
            mp.measured(samples.figures(row), samples.line(row))?;
        }
        Ok(())
    }
}

pub(super) const PARTS: Parts = Parts {
    children: &[
        AnyTarget::of::<CostNothing>(),
        AnyTarget::of::<CostPut>(),
        AnyTarget::of::<CostEcho>(),
        AnyTarget::of::<CostSend>(),
        AnyTarget::of::<CostPython>(),
        AnyTarget::of::<Busy>(),
    ],
    ..Parts::of::<CostJudge, ()>()
};
