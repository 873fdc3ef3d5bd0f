//! Processes: start some, and wait for them.
//!
//! Each child is a process with threads of its own. What to look at: in which order the lines come,
//! and what the parent waits for. What is left out: giving the children something to work on.

mod claims;
mod events;
mod notes;

use std::panic::resume_unwind;

use anyhow::Result;
use clap::ValueEnum;
use serde::Serialize;

use super::{Lesson, Parts};
use crate::arguments::{one_or_list, seconds, whole};
use crate::events::{Reason, Vocabulary};
use crate::multiprocessing::{AnyTarget, Context, CurrentProcess, Logs, Target, numbered};
use claims::SpawnJudge;
use events::SpawnEvent;
use notes::SpawnNarrator;

/// Start processes that start threads, and join them
///
/// Five children start, sleep for two seconds, then start a thread in each turn of a loop, which
/// prints 这是多线程启动的: "started by multithreading". Each child is a new program that begins
/// from nothing, not a copy of its parent (that would be fork).
///
/// Rust and Python: "spawn" also names a start method, and this is that method.
#[derive(clap::Args, Serialize)]
#[command(before_help = "\
Examples:
  mp-demo spawn                      join() waits for the last child only
  mp-demo spawn --join each          one child after another
  mp-demo spawn --sleep 2,2,2,2,0.5  `Child process end.` comes too early
  mp-demo spawn --speed 10           all pauses a tenth as long
  mp-demo spawn --json | jq .        what happened, event by event")]
pub struct Args {
    /// How many processes to start, 1 to 1000
    #[arg(long, value_name = "N", default_value = "5", value_parser = whole(1..=1000_u16))]
    children: u16,
    /// How many threads each of them starts, 1 to 1000: the turns of its loop
    #[arg(long, value_name = "N", default_value = "5", value_parser = whole(1..=1000_u16))]
    threads: u16,
    /// How long each child sleeps before its loop; of a list child i takes the i-th, and the last
    /// is for all after it
    #[arg(long, value_name = "SECONDS,...", default_value = "2", value_delimiter = ',',
        value_parser = seconds)]
    #[serde(serialize_with = "one_or_list")]
    sleep: Vec<f64>,
    /// Where the parent joins
    #[arg(long, value_enum, default_value_t = JoinPlace::Last)]
    join: JoinPlace,
}

#[derive(Clone, Copy, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum JoinPlace {
    /// Behind the loop: waits for the last child only
    Last,
    /// Inside the loop: each child has to end before the next one starts
    Each,
    /// In a loop of its own: waits for all
    All,
}

impl Lesson for Args {
    fn run(&self, mp: &Context) -> Result<()> {
        mp.running(format!("Parent process {}", mp.pid()))?;
        let mut children = Vec::new();
        for number in 1..=self.children {
            mp.happened_with_line(SpawnEvent::WillStart {}, "Child process will start.")?;
            let sleep = self.sleep.get(usize::from(number) - 1).or(self.sleep.last());
            let child = SpawnChild { threads: self.threads, sleep: *sleep.unwrap_or(&0.0) };
            let child = mp.start(&numbered("child", number, self.children), child)?;
            // `--join each`, the usual mistake: the next child can't start before this one has
            // ended, so five children take five times as long as one.
            if let JoinPlace::Each = self.join {
                child.join()?;
            }
            children.push(child);
        }

        match self.join {
            JoinPlace::Each => {}
            // In Python, the loop's variable is the last child when the loop is left: joining it
            // waits for no other. That the program seems to wait for all is CPython's doing: at
            // exit it joins the children that are left. So does `mp` here; a dropped
            // `std::process::Child` would simply be forgotten.
            JoinPlace::Last => children.last().map_or(Ok(()), |last| last.join())?,
            JoinPlace::All => children.iter().try_for_each(|child| child.join())?,
        }
        mp.happened_with_line(SpawnEvent::AfterJoin {}, "Child process end.")
    }
}

/// Child of the `spawn` lesson: sleeps, then starts a thread in each turn of a loop
#[derive(clap::Args, Serialize)]
pub struct SpawnChild {
    /// Turns of the loop
    #[arg(long, default_value = "5", value_parser = whole(1..=1000_u16))]
    threads: u16,
    /// Seconds to sleep before the loop
    #[arg(long, default_value = "2", value_parser = seconds)]
    sleep: f64,
}

impl Target for SpawnChild {
    const NAME: &'static str = "spawn-child";

    fn run(self, process: CurrentProcess) -> Result<()> {
        // The first thread of *every* process has this name: it doesn't tell which process this is.
        process.running("thread MainThread is running...")?;
        process.sleep(self.sleep)?;

        let mut started = Vec::new();
        for i in 0..self.threads {
            process
                .happened_with_line(SpawnEvent::Turn { i }, format!("thread MainThread >>> {i}"))?;
            let name = format!("Thread-{}", i + 1);
            let thread = process
                .start_thread(name, |thread| thread.running("这是多线程启动的"))
                .map_err(|error| Reason::CannotStartThread {
                    number: u32::from(i) + 1,
                    of: self.threads.into(),
                    errno: error.raw_os_error().unwrap_or_default(),
                })?;
            started.push(thread);
        }
        // The threads were not joined: they may not be done, and their lines can come after this
        // one.
        process.happened_with_line(SpawnEvent::Ended {}, "thread MainThread ended.")?;

        // CPython joins a process's threads when the process exits. In Rust the end of `main` ends
        // all threads, wherever they are: some of their lines would be missing.
        for thread in started {
            thread.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        }
        Ok(())
    }
}

pub(super) const PARTS: Parts = Parts {
    events: Vocabulary::of::<SpawnEvent>(),
    children: &[AnyTarget::of::<SpawnChild>()],
    ..Parts::of::<SpawnJudge, SpawnNarrator>()
};
