//! Cost: what processes, threads, queues and pipes cost on this machine.
//!
//! Three are measured in turns, so that all have the same good and bad moments of the machine: this program with its
//! own `Process`, `Queue` and `Connection`; the limit below it, which is the same work by plain calls without that
//! layer; and CPython, by `demos/cost/program.py`. What is left out: memory, and machines with something else to do.

mod measure;
mod python;

use std::time::{Duration, Instant};

use anyhow::Result;
use serde::Serialize;
use strum::VariantArray as _;

use crate::events::Event;
use crate::multiprocessing::{Context, CurrentProcess};
use crate::report::costs::{self, Row, Samples, Side};

use python::Python;

/// Measure what processes, threads, queues and pipes cost here
///
/// "Processes are heavy" - how heavy? Each row is measured for this program, for the plain calls below it (the limit),
/// and for CPython if there is a `python3`. It takes under 20 seconds.
///
/// Rust and Python: a value is JSON here and a pickle there; both are in the price.
#[derive(clap::Args, Serialize)]
#[command(before_help = "\
Examples:
  mp-demo cost             all rows, many turns
  mp-demo cost --quick     fewer turns, under 5 seconds
  mp-demo cost --json | grep measured")]
pub struct Args {
    /// Fewer turns: under 5 seconds, and less exact
    #[arg(long)]
    quick: bool,
}

impl Args {
    /// No two of these options are in each other's way.
    pub(super) fn check(&self) -> Result<()> {
        Ok(())
    }

    /// The most turns, and when to stop even so: a slow machine gets fewer turns, not more time.
    fn turns(&self) -> (usize, Duration) {
        match self.quick {
            false => (15, Duration::from_secs(16)),
            true => (4, Duration::from_secs(3)),
        }
    }
}

/// The parent's half.
pub(super) fn parent(args: &Args, context: &Context) -> Result<()> {
    let (turns, limit) = args.turns();
    let start = Instant::now();
    let mut python = Python::start(context)?;
    let mut samples = Samples::default();

    let mut done = 0;
    while done < turns && (done < 2 || start.elapsed() < limit) {
        // In turns: a machine that is slow for a while is slow for all three.
        for &row in Row::VARIANTS {
            samples.add(row, Side::Ours, measure::ours(row, context)?);
            if let Some(seconds) = measure::limit(row, context)? {
                samples.add(row, Side::Limit, seconds);
            }
            if let Some(python) = &mut python {
                samples.add(row, Side::Python, python.measure(row)?);
            }
        }
        done += 1;
        context.log().write(Event::Progress {
            done: done as u64,
            of: turns as u64,
        })?;
    }
    let version = python.map(Python::end);

    for line in costs::heading(done, version.as_deref()) {
        context.log().write(Event::Say { line })?;
    }
    for &row in Row::VARIANTS {
        context.log().write(Event::Measured {
            figures: samples.figures(row),
            line: samples.line(row),
        })?;
    }
    Ok(())
}

/// The children's halves. With `--bare` each does the same by plain reads and writes.
#[derive(clap::Subcommand)]
#[allow(clippy::enum_variant_names)] // They are names on the command line, beside those of other lessons.
pub enum Child {
    /// Child of the `cost` lesson: does nothing
    CostNothing,
    /// Child of the `cost` lesson: puts values into the queue on stdout
    CostPut {
        /// How many
        #[arg(long, default_value = "1")]
        count: usize,
        /// Without the queue
        #[arg(long)]
        bare: bool,
    },
    /// Child of the `cost` lesson: sends each value back
    CostEcho {
        /// Without the connection
        #[arg(long)]
        bare: bool,
    },
    /// Child of the `cost` lesson: sends values of 1 MiB
    CostSend {
        /// How many
        #[arg(long, default_value = "1")]
        count: usize,
        /// Without the connection
        #[arg(long)]
        bare: bool,
    },
}

impl Child {
    pub(super) fn target(&self) -> &'static str {
        match self {
            Child::CostNothing => "cost-nothing",
            Child::CostPut { .. } => "cost-put",
            Child::CostEcho { .. } => "cost-echo",
            Child::CostSend { .. } => "cost-send",
        }
    }

    pub(super) fn play(self, _: CurrentProcess) -> Result<()> {
        match self {
            Child::CostNothing => Ok(()),
            Child::CostPut { count, bare } => measure::put(count, bare),
            Child::CostEcho { bare } => measure::echo(bare),
            Child::CostSend { count, bare } => measure::send(count, bare),
        }
    }
}
