//! Memory: processes share no variables.
//!
//! What to look at: whose counter counts, and where it lies. What is left out: memory that
//! processes *can* share, when they ask the kernel for it (`multiprocessing.shared_memory`).

mod claims;
mod events;
mod notes;

use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::Result;
use serde::Serialize;

use super::{Lesson, Parts};
use crate::events::Vocabulary;
use crate::multiprocessing::{AnyTarget, Context, CurrentProcess, IntoProcess, Logs, Target};
use claims::MemoryJudge;
use events::MemoryEvent;
use notes::MemoryNarrator;

/// Count in a child process, and find the parent's counter unchanged
///
/// The parent sets a counter to 10 and starts a child, which counts its own counter up by 5. The
/// parent's stays at 10, until the child's result comes back as a message.
///
/// Each process has a counter of its own, even where it lies at the same address: an address means
/// something within one process only. In Python, under the start method fork, the child begins with
/// a copy of its parent, so its counter starts at 10. Under spawn, as here, it begins anew: its
/// counter starts at 0.
///
/// Rust and Python: in both, a child's assignment never reaches its parent.
#[derive(clap::Args, Serialize)]
#[command(before_help = "\
Examples:
  mp-demo memory                         here: the child begins anew
  mp-demo memory --json | grep counter   the same, as events
  mp-demo show memory --python | python3 - fork  Python: it begins with a copy")]
pub struct Args {}

/// As global as a variable can be: every function of the program sees it. Yet each process has its
/// own, because each has its own memory, and an address means something in one process only.
static COUNTER: AtomicI64 = AtomicI64::new(0);

impl Lesson for Args {
    fn run(&self, mp: &Context) -> Result<()> {
        COUNTER.store(10, Ordering::Relaxed);
        show_counter("Parent", mp)?;

        let (mut connection, childs_end) = mp.pipe(false)?;
        let child = mp.start("child", MemoryChild {}.holds(childs_end))?;
        // To join before receiving is safe here: a number fits the pipe (see the lesson `pipe`).
        child.join()?;
        // The child has counted, and is gone. Nothing of that has happened to this counter.
        show_counter("Parent", mp)?;

        // The child's result reaches the parent only as a message.
        let result = connection.recv()?;
        mp.say(format!("Parent process {} receives {result}", mp.pid()))?;
        COUNTER.store(result.as_i64().unwrap_or_default(), Ordering::Relaxed);
        show_counter("Parent", mp)
    }
}

/// Child of the `memory` lesson: counts its counter up and sends it on stdout
#[derive(clap::Args, Serialize)]
pub struct MemoryChild {}

impl Target for MemoryChild {
    const NAME: &'static str = "memory-child";

    fn run(self, process: CurrentProcess) -> Result<()> {
        show_counter("Child", &process)?;
        COUNTER.fetch_add(5, Ordering::Relaxed);
        show_counter("Child", &process)?;

        let result = COUNTER.load(Ordering::Relaxed).into();
        process.say(format!("Child process {} sends {result}", process.pid()))?;
        process.connection(false).send(&result)
    }
}

fn show_counter(who: &str, process: &impl Logs) -> Result<()> {
    let value = COUNTER.load(Ordering::Relaxed);
    let address = format!("{:p}", &raw const COUNTER);
    let line = format!("{who} process {}: counter = {value} at {address}", process.pid());
    process.happened_with_line(MemoryEvent::Counter { value, address }, line)
}

pub(super) const PARTS: Parts = Parts {
    events: Vocabulary::of::<MemoryEvent>(),
    children: &[AnyTarget::of::<MemoryChild>()],
    ..Parts::of::<MemoryJudge, MemoryNarrator>()
};
