//! Zombies and orphans: what is left of a process that has ended, and who adopts a process whose
//! parent has ended.
//!
//! What to look at: what the kernel shows of a process in /proc before its end, after it, and after
//! `join()`. What is left out: threads, which the kernel reaps by itself.

mod claims;
mod events;
mod notes;

use anyhow::Result;
use serde::Serialize;
use serde_json::Value;

use super::{Lesson, Parts};
use crate::arguments::seconds;
use crate::events::{Call, Event, Status, Vocabulary};
use crate::evidence::ProcessSummary;
use crate::multiprocessing::{AnyTarget, Context, CurrentProcess, IntoProcess, Logs, Target};
use claims::ZombieJudge;
use events::ZombieEvent;
use notes::ZombieNarrator;

/// Terminate a child without joining it, and see what is left of it
///
/// The parent terminates its child, as `mp-demo queue` does, and doesn't join it: the
/// child has ended, and is still listed, as a zombie. With --join the last thing that is left of it
/// goes, too. With --orphan it is the other way round: the child ends, and a process that it has
/// started lives on.
///
/// Rust and Python: a parent has to wait; under Python's forkserver, the server.
#[derive(clap::Args, Serialize)]
#[command(before_help = "\
Examples:
  mp-demo zombie                         it ends, and is still listed
  mp-demo zombie --join                  join() reaps it
  mp-demo zombie --orphan                its parent ends before it
  mp-demo zombie --pause 60              time for `ps` in another terminal")]
pub struct Args {
    /// The parent joins the child, at last
    #[arg(long)]
    join: bool,
    /// The child starts a process of its own, and ends before it
    #[arg(long, conflicts_with = "join")]
    orphan: bool,
    /// How long the parent leaves everything as it is
    #[arg(long, value_name = "SECONDS", default_value = "2", value_parser = seconds)]
    pause: f64,
}

impl Lesson for Args {
    fn run(&self, mp: &Context) -> Result<()> {
        mp.running(format!("Parent process {}", mp.pid()))?;
        match self.orphan {
            false => self.leave_a_zombie(mp),
            true => self.leave_an_orphan(mp),
        }
    }
}

impl Args {
    fn leave_a_zombie(&self, mp: &Context) -> Result<()> {
        let queue = mp.queue(1)?;
        let child = mp.start("child", ZombieChild {}.gets_from(&queue))?;
        // Nothing ever comes out of this queue, so the child sleeps there.
        mp.until_in(&child, Call::Get)?;
        show("The child", child.pid(), mp)?;

        // The article's program ends its reader like this, and does nothing more about it.
        child.terminate()?;
        child.wait_for_sentinel()?;
        // Its memory is free, its descriptors are closed. But its parent may want to know how it
        // ended, so the kernel keeps its PID and its exit status until the parent asks.
        show("The child", child.pid(), mp)?;
        mp.sleep(self.pause)?;
        show("The child", child.pid(), mp)?;

        if self.join {
            // `join` asks, and reaps the zombie. From now on its PID can be another process's.
            child.join()?;
            show("The child", child.pid(), mp)?;
        }
        // Without `--join`, the zombie is there until this process ends: then PID 1 adopts and
        // reaps it.
        Ok(())
    }

    fn leave_an_orphan(&self, mp: &Context) -> Result<()> {
        let (mut connection, theirs) = mp.pipe(true)?;
        let child = mp.start("child", Middle {}.holds(theirs))?;
        // A message from each: whom the child has started, and that the grandchild is there.
        let both = [connection.recv()?, connection.recv()?];
        let grandchild = both.iter().find_map(Value::as_u64).unwrap_or_default() as u32;
        show("The grandchild", grandchild, mp)?;

        // The child ends, as the child above does. Nothing happens to the grandchild: on Unix no
        // process dies because its parent does.
        child.terminate()?;
        child.join()?;
        show("The grandchild", grandchild, mp)?;
        // The parent asks the grandchild for its new parent.
        connection.send(&"who is your parent?".into())?;
        connection.recv()?;
        mp.sleep(self.pause)?;

        // The grandchild gets EOF from its pipe and ends. Its new parent has to reap it now.
        drop(connection);
        mp.wait_for_adopted(grandchild)?;
        show("The grandchild", grandchild, mp)?;
        mp.join_adopted(grandchild, "grandchild")?;
        show("The grandchild", grandchild, mp)
    }
}

/// Tells what the kernel shows everybody of a process, as `ps` does.
fn show(who: &str, of: u32, mp: &Context) -> Result<()> {
    let mut summary = ProcessSummary::of(of);
    // A running process is about to sleep, or to end.
    while summary.as_ref().is_some_and(|it| it.state == 'R') {
        std::thread::yield_now();
        summary = ProcessSummary::of(of);
    }
    let status = summary.as_ref().and_then(|it| it.wait_status).map(Status::from_wait_status);
    let line = match (&summary, status) {
        (None, _) => format!("{who}: no such process"),
        (Some(_), Some(status)) => {
            format!("{who}: Z (zombie), no memory, exit status kept: {}", status.in_a_word())
        }
        (Some(ProcessSummary { state, parent, .. }), None) => {
            let word = if *state == 'T' { "stopped" } else { "sleeping" };
            let is_mine = *parent == mp.pid();
            let parent = if is_mine { "my child".into() } else { format!("a child of {parent}") };
            format!("{who}: {state} ({word}), memory of its own, {parent}")
        }
    };
    let event = ZombieEvent::ProcessState {
        of,
        state: summary.as_ref().map(|it| it.state),
        kib: summary.as_ref().and_then(|it| it.kib),
        parent: summary.as_ref().map(|it| it.parent),
        status,
    };
    mp.happened_with_line(event, line)
}

/// Child of the `zombie` lesson: waits for a value on stdin
#[derive(clap::Args, Serialize)]
pub struct ZombieChild {}

impl Target for ZombieChild {
    const NAME: &'static str = "zombie-child";

    fn run(self, process: CurrentProcess) -> Result<()> {
        process.running(format!("Child process {}", process.pid()))?;
        process.get_end().get().map(drop)
    }
}

/// Child of the `zombie` lesson: starts another one with its own stdin and stdout, and waits for it
#[derive(clap::Args, Serialize)]
pub struct Middle {}

impl Target for Middle {
    const NAME: &'static str = "zombie-parent";

    fn run(self, mut process: CurrentProcess) -> Result<()> {
        process.running(format!("Child process {}", process.pid()))?;
        let mp = process.context()?;
        let orphan = Orphan {}.inherits(process.ends()).outlives_parent();
        let grandchild = mp.start("grandchild", orphan)?;
        process.connection(true).send(&grandchild.pid().into())?;
        // The child waits here until it is terminated itself.
        grandchild.join()
    }
}

/// Grandchild of the `zombie` lesson: says on stdout that it is there, and to whoever asks on
/// stdin, who its parent is
#[derive(clap::Args, Serialize)]
pub struct Orphan {}

impl Target for Orphan {
    const NAME: &'static str = "zombie-orphan";

    fn run(self, process: CurrentProcess) -> Result<()> {
        let mut connection = process.connection(true);
        loop {
            let parent = process.parent_pid();
            let line = format!("Grandchild process {}, parent {parent}", process.pid());
            process.happened_with_line(Event::Parent { parent }, line)?;
            connection.send(&"here".into())?;
            if connection.recv_or_end()?.is_none() {
                return Ok(());
            }
        }
    }
}

pub(super) const PARTS: Parts = Parts {
    events: Vocabulary::of::<ZombieEvent>(),
    children: &[
        AnyTarget::of::<ZombieChild>(),
        AnyTarget::of::<Middle>(),
        AnyTarget::of::<Orphan>(),
    ],
    ..Parts::of::<ZombieJudge, ZombieNarrator>()
};
