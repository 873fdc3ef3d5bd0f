//! Memory: processes share no variables.
//!
//! What to look at: whose counter counts, and where it lies. What is left out: memory that processes *can* share,
//! when they ask the kernel for it (`multiprocessing.shared_memory`).
//!
//! Nothing is printed here: what happens is written to the log, and `src/events/event.rs` has the line for each
//! event.

use std::process;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::Result;
use serde::Serialize;

use crate::events::{Call, Event, Log};
use crate::multiprocessing::{Connection, Context, CurrentProcess, pipe};

/// Count in a child process, and find the parent's counter unchanged
///
/// The parent sets a counter to 10 and starts a child, which counts its own counter up by 5. The parent's stays at
/// 10, until the child's result comes back as a message.
///
/// Each process has a counter of its own, even where it lies at the same address: an address means something within
/// one process only. In Python, under the start method fork, the child begins with a copy of its parent, so its counter
/// starts at 10. Under spawn, as here, it begins anew: its counter starts at 0.
///
/// Rust and Python: in both, a child's assignment never reaches its parent.
#[derive(clap::Args, Serialize)]
#[command(before_help = "\
Examples:
  mp-demo memory                         here: the child begins anew
  mp-demo memory --json | grep counter   the same, as events
  python3 demos/memory/program.py fork   Python: the child begins with a copy")]
pub struct Args {}

impl Args {
    /// There are no options.
    pub(super) fn check(&self) -> Result<()> {
        Ok(())
    }
}

/// As global as a variable can be: every function of the program sees it. Yet each process has its own, because each
/// has its own memory, and an address means something in one process only.
static COUNTER: AtomicI64 = AtomicI64::new(0);

/// The parent's half.
pub(super) fn parent(_: &Args, context: &Context) -> Result<()> {
    let log = context.log();
    COUNTER.store(10, Ordering::Relaxed);
    tell(log)?;

    let (mut connection, childs_end) = pipe(false)?;
    let child = context
        .process("child", "memory-child")
        .connection(childs_end)
        .start()?;
    // Joining before receiving is safe here, because a number fits the pipe (see the `pipe` lesson).
    child.join()?;
    // The child has counted, and is gone. Nothing of that has happened to this counter.
    tell(log)?;

    // What the child knows has to be sent, and received.
    log.write(Event::Wait { call: Call::Recv })?;
    let result = connection.recv()?;
    log.write(Event::Recv { value: &result })?;
    log.write(Event::Say {
        line: format!("Parent process {} receives {result}", process::id()),
    })?;
    COUNTER.store(result.as_i64().unwrap_or_default(), Ordering::Relaxed);
    tell(log)
}

/// The child's half.
#[derive(clap::Subcommand)]
pub enum Child {
    /// Child of the `memory` lesson: counts its counter up and sends it on stdout
    MemoryChild,
}

impl Child {
    pub(super) fn target(&self) -> &'static str {
        "memory-child"
    }

    pub(super) fn play(self, process: CurrentProcess) -> Result<()> {
        child(process.log())
    }
}

fn child(log: &Log) -> Result<()> {
    tell(log)?;
    COUNTER.fetch_add(5, Ordering::Relaxed);
    tell(log)?;

    let result = COUNTER.load(Ordering::Relaxed).into();
    log.write(Event::Say {
        line: format!("Child process {} sends {result}", process::id()),
    })?;
    log.write(Event::Send { value: &result })?;
    Connection::stdio(false).send(&result)
}

fn tell(log: &Log) -> Result<()> {
    log.write(Event::Counter {
        value: COUNTER.load(Ordering::Relaxed),
        address: format!("{:p}", &raw const COUNTER),
    })
}
