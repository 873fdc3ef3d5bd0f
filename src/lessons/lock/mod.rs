//! A lock: processes that count up one shared counter, with and without.
//!
//! What to look at: how many of their additions arrive, and what becomes of a lock whose holder is
//! killed. Left out: two locks, and who takes which of them first.

mod claims;
mod events;
mod notes;

use std::{thread, time::Duration};

use anyhow::{Result, ensure};
use clap::{ValueEnum, builder::ArgPredicate};
use serde::Serialize;

use super::{Lesson, Parts};
use crate::arguments::whole;
use crate::both;
use crate::events::{Call, Vocabulary};
use crate::multiprocessing::{
    AnyTarget, Context, CurrentProcess, IntoProcess, Logs, Target, numbered,
};
use crate::state::State;
use crate::stuck::{Mistake, mistakes};
use claims::LockJudge;
use events::LockEvent;
use notes::LockNarrator;

/// How many turns of a process at the lock are logged.
const LOGGED: u32 = 5;

/// Count up a shared counter, and lose updates without a lock
///
/// Each process reads the counter, adds 1 and writes it, a thousand times. What another one has
/// written between the read and the write is overwritten: lost. With a lock, no other process comes
/// in between. A semaphore, as CPython's Lock, doesn't know who has it. The kernel knows who has a
/// lock on a file, and releases it when that process dies.
///
/// Rust and Python: both need the lock; only within one process does Rust insist.
#[derive(clap::Args, Serialize)]
#[command(before_help = "\
Examples:
  mp-demo lock                       updates are lost
  mp-demo lock --with lock           none is lost
  mp-demo lock --gap none --turns 100  often none is lost: luck
  mp-demo lock --kill                the holder is killed: stuck
  mp-demo lock --kill --kind flock   the kernel frees the lock")]
pub struct Args {
    /// Whether they use a lock; with --kind or --kill, lock by default
    #[arg(
        long,
        value_enum,
        default_value = "none",
        default_value_if("lock", ArgPredicate::IsPresent, "lock"),
        default_value_if("kill", ArgPredicate::IsPresent, "lock")
    )]
    with: WithLock,
    /// How many processes count, 1 to 1000
    #[arg(long, value_name = "N", default_value = "2", value_parser = whole(1..=1000_u16))]
    processes: u16,
    /// How often each of them adds 1, 1 to 1000000; the log has its first 5 turns at the lock
    #[arg(long, value_name = "N", default_value = "1000", value_parser = whole(1..=1_000_000_u32))]
    turns: u32,
    /// What each does between read and write
    #[arg(long, value_enum, default_value_t = Gap::Yield)]
    gap: Gap,
    /// Which lock [default: semaphore]
    #[arg(long = "kind", value_enum)]
    #[serde(skip_serializing_if = "Option::is_none")]
    lock: Option<LockKind>,
    /// Kill the first process while it has the lock
    #[arg(long)]
    kill: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum WithLock {
    /// Without a lock
    None,
    /// Each holds the lock from its read until it has written
    Lock,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum Gap {
    /// Nothing: the next step follows at once
    None,
    /// It lets others run; without a lock, the first time until all have read
    Yield,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum LockKind {
    /// A number that knows no holder, as CPython's Lock: it stays taken when its holder dies
    Semaphore,
    /// A lock on the file: the kernel frees it when its holder dies
    Flock,
}

impl Lesson for Args {
    fn check(&self) -> Result<()> {
        ensure!(
            self.with == WithLock::Lock || (self.lock.is_none() && !self.kill),
            both!(
                "--kind and --kill go with --with lock",
                "--kind 和 --kill 要和 --with lock 一起用"
            )
        );
        ensure!(
            self.processes > 1 || !self.kill,
            both!("--kill needs --processes 2 or more", "--kill 需要 --processes 至少为 2")
        );
        Ok(())
    }

    fn mistake(&self, _run: &State) -> Option<(&'static Mistake, String)> {
        let without = (&KILLED_SEMAPHORE_HOLDER, "mp-demo lock --kill --kind flock".into());
        (self.kill && self.lock != Some(LockKind::Flock)).then_some(without)
    }

    fn run(&self, mp: &Context) -> Result<()> {
        mp.running(format!("Parent process {}", mp.pid()))?;
        let counter = mp.shared_value()?;
        let kind = (self.with == WithLock::Lock).then(|| self.lock.unwrap_or(LockKind::Semaphore));
        let semaphore = mp.semaphore()?;
        let of = self.processes - u16::from(self.kill);
        let counting = |hold| {
            let counting = Counting { turns: self.turns, gap: self.gap, lock: kind, of, hold };
            let lock = Some(&semaphore).filter(|_| kind == Some(LockKind::Semaphore));
            counting.shares_value(&counter).shares_lock(lock)
        };

        // `--kill`: this child holds the lock, and SIGKILL leaves it no chance to release it.
        if self.kill {
            let victim = mp.start("child-1", counting(true))?;
            mp.until_holds_lock(&victim)?;
            victim.kill()?;
            victim.join()?;
        }
        // The children wait at a gate: otherwise the first might be done before the last has begun.
        counter.close_gate()?;
        let numbers = 1 + u16::from(self.kill)..=self.processes;
        let others =
            numbers.map(|number| (numbered("child", number, self.processes), counting(false)));
        let children = mp.start_as(others)?;
        children.iter().try_for_each(|child| mp.until_in(child, Call::Acquire))?;
        counter.open_gate()?;
        children.join()?;

        let (value, of) = (counter.read()?, children.count() as u64 * u64::from(self.turns));
        let line = format!("Parent process {}: counter = {value} of {of}", mp.pid());
        mp.happened_with_line(LockEvent::Total { value, of }, line)
    }
}

/// Child of the `lock` lesson: counts up the counter in the file on stdin
#[derive(clap::Args, Serialize)]
pub struct Counting {
    /// How often to read, add 1 and write
    #[arg(long, default_value = "1000", value_parser = whole(1..=1_000_000_u32))]
    turns: u32,
    /// What to do between read and write
    #[arg(long, value_enum, default_value_t = Gap::Yield)]
    gap: Gap,
    /// Take turns at this lock: a semaphore on stdout, or the file's
    #[arg(long, value_enum)]
    lock: Option<LockKind>,
    /// Without a lock, wait in the first gap until so many have read
    #[arg(long, default_value = "1", value_parser = whole(1..=1000_u16))]
    of: u16,
    /// Keep the lock, once it is there, until this process is ended
    #[arg(long)]
    hold: bool,
}

impl Target for Counting {
    const NAME: &'static str = "lock-counter";

    fn run(self, process: CurrentProcess) -> Result<()> {
        let counter = process.shared_value()?;
        let lock = match self.lock {
            None => None,
            Some(LockKind::Semaphore) => Some(process.lock()),
            Some(LockKind::Flock) => Some(counter.file_lock(&process)?),
        };
        if !self.hold {
            counter.pass_gate(&process)?;
        }
        let line = format!("Child process {}: counter += 1, {} times", process.pid(), self.turns);
        let name = lock.as_ref().map(|lock| lock.name().into());
        process.happened_with_line(LockEvent::Counting { turns: self.turns, lock: name }, line)?;

        let mut last = 0;
        for turn in 0..self.turns {
            if let Some(lock) = &lock {
                lock.acquire()?;
            }
            // `counter += 1` is three steps. Two processes that read the same number write the same
            // number, and an update is lost.
            let value = counter.read()?;
            match self.gap {
                _ if self.hold => thread::sleep(Duration::MAX),
                Gap::None => {}
                // No process writes before all have read, so an update is lost in every run.
                Gap::Yield if turn == 0 && lock.is_none() => counter.meet(self.of)?,
                Gap::Yield => thread::yield_now(),
            }
            last = value.wrapping_add(1);
            counter.write(last)?;
            if let Some(lock) = &lock {
                lock.release()?;
                if turn + 1 == LOGGED {
                    lock.silence();
                }
            }
        }
        process.happened(LockEvent::Counted { last })
    }
}

mistakes! {
    KILLED_SEMAPHORE_HOLDER = Mistake::of("killed_semaphore_holder", [
        "Don't kill a process that may have a lock; or take one that the kernel frees",
        "不要杀死可能持有锁的进程；或者换一种内核会释放的锁",
    ]);
}

pub(super) const PARTS: Parts = Parts {
    events: Vocabulary::of::<LockEvent>(),
    mistakes: MISTAKES,
    children: &[AnyTarget::of::<Counting>()],
    ..Parts::of::<LockJudge, LockNarrator>()
};
