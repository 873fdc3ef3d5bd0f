//! A signal ends a process: what it still does before its end, and what it doesn't.
//!
//! What to look at: whether the child cleans up, how Python, a shell and Rust tell its end, and
//! what becomes of a process that it has started. Left out: what lies in a buffer, which is the
//! lesson `buffer`.

mod claims;
mod events;
mod notes;

use anyhow::{Result, ensure};
use clap::ValueEnum;
use nix::sys::signal::{SigSet, Signal as Caught};
use serde::Serialize;
use serde_json::Value;

use super::{Lesson, Parts};
use crate::both;
use crate::events::{Event, Status, Vocabulary};
use crate::multiprocessing::{
    AnyTarget, ChildProcess, Connection, Context, CurrentProcess, IntoProcess, Logs, Target,
};
use claims::TerminateJudge;
use events::TerminateEvent;
use notes::TerminateNarrator;

/// End a child by a signal, and see whether it cleans up
///
/// A child has something to clean up, in Python by `finally`, in Rust by `Drop`. While it waits,
/// the parent sends it a signal. By default SIGTERM and SIGKILL end a process where it is, and
/// neither runs. With --catch the child waits for the signal itself, returns, and so cleans up.
/// With --grandchild it has started a process of its own, to which no signal is sent.
///
/// Rust and Python: in Python, SIGINT raises an exception, so `finally` runs.
#[derive(clap::Args, Serialize)]
#[command(before_help = "\
Examples:
  mp-demo terminate                  SIGTERM: no cleanup
  mp-demo terminate --catch          the child waits for SIGTERM: cleanup
  mp-demo terminate --signal kill    SIGKILL can't be caught
  mp-demo terminate --grandchild     its own child lives on")]
pub struct Args {
    /// What the parent sends
    #[arg(long, value_enum, default_value_t = Signal::Term)]
    signal: Signal,
    /// The child catches the signal, and cleans up
    #[arg(long)]
    catch: bool,
    /// The child starts a process of its own
    #[arg(long)]
    grandchild: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum Signal {
    /// SIGINT, which Ctrl-C sends to the whole foreground group
    Int,
    /// SIGTERM, as terminate()
    Term,
    /// SIGKILL, as kill()
    Kill,
}

impl Lesson for Args {
    fn check(&self) -> Result<()> {
        ensure!(
            !self.catch || self.signal != Signal::Kill,
            both!(
                "SIGKILL can't be caught, so --catch can't be used with it; send another signal, \
                 as --signal term does",
                "SIGKILL 无法捕获，不能与 --catch 同时使用；请改用别的信号，例如 --signal term"
            )
        );
        Ok(())
    }

    fn run(&self, mp: &Context) -> Result<()> {
        mp.running(format!("Parent process {}", mp.pid()))?;
        let (mut connection, theirs) = mp.pipe(true)?;
        let child = CleaningChild { catch: self.catch, grandchild: self.grandchild };
        let child = mp.start("child", child.holds(theirs))?;
        // A message from each: the child has something to clean up, and tells whom it has started.
        let count = 1 + usize::from(self.grandchild);
        let messages = (0..count).map(|_| connection.recv()).collect::<Result<Vec<_>>>()?;
        let grandchild = messages.iter().find_map(Value::as_u64);

        match self.signal {
            Signal::Int => child.interrupt()?,
            Signal::Term => child.terminate()?,
            Signal::Kill => child.kill()?,
        }
        // None of the three calls waits. `join` waits, and takes the exit status.
        child.join()?;
        tell_status(mp, &child)?;
        match grandchild {
            // A child that cleans up has ended its own child, too.
            Some(pid) if !self.catch => end_grandchild(mp, connection, pid as u32),
            _ => Ok(()),
        }
    }
}

/// A signal goes to one process. The process's own children don't get it, and aren't told of their
/// parent's end.
fn end_grandchild(mp: &Context, mut connection: Connection, pid: u32) -> Result<()> {
    connection.send(&"who is your parent?".into())?;
    connection.recv()?;
    // The grandchild waits for another question. Closing the pipe gives it EOF, and it ends.
    mp.say(format!("Parent process {} ends the grandchild", mp.pid()))?;
    drop(connection);
    mp.wait_for_adopted(pid)?;
    mp.join_adopted(pid, "grandchild")
}

/// The same end as Python, a shell and Rust tell it: each has its own way to tell a signal from an
/// exit status.
fn tell_status(mp: &Context, child: &ChildProcess) -> Result<()> {
    let (exitcode, shell, rust) = match child.status() {
        // A negative number can't be an exit status, so Python uses it for signals. A shell has 0
        // to 255 for both.
        Some(status @ Status::Signal(signal)) => {
            (-signal, 128 + signal, format!("signal: {signal} ({})", status.signal_name()))
        }
        Some(Status::Code(code)) => (code, code, format!("exit status: {code}")),
        None => return Ok(()),
    };
    mp.say(format!("Python: exitcode {exitcode}"))?;
    mp.say(format!("Shell: $? {shell}"))?;
    mp.say(format!("Rust: {rust}"))
}

/// Child of the `terminate` lesson: has something to clean up, says so on stdout, and waits for a
/// signal
#[derive(clap::Args, Serialize)]
pub struct CleaningChild {
    /// Wait for SIGTERM or SIGINT, and clean up
    #[arg(long)]
    catch: bool,
    /// Start a process that has the same stdin and stdout
    #[arg(long)]
    grandchild: bool,
}

impl Target for CleaningChild {
    const NAME: &'static str = "terminate-child";

    fn run(self, mut process: CurrentProcess) -> Result<()> {
        process.running(format!("Child process {}", process.pid()))?;
        let mp = process.context()?;
        let orphan = Grandchild {}.inherits(process.ends()).outlives_parent();
        let grandchild = self.grandchild.then(|| mp.start("grandchild", orphan)).transpose()?;

        // From here on these signals are blocked: each stays pending until sigwait(3) takes it. A
        // handler would be called in the middle of anything, even of malloc, and may do next to
        // nothing there (signal-safety(7)).
        let signals = SigSet::from_iter([Caught::SIGTERM, Caught::SIGINT]);
        if self.catch {
            signals.thread_block()?;
        }
        let line = format!("Child process {} has something to clean up", process.pid());
        process.happened_with_line(TerminateEvent::Try {}, line)?;
        let _cleanup = Cleanup(&process, grandchild.as_ref());
        let mut connection = process.connection(true);
        connection.send(&grandchild.as_ref().map(ChildProcess::pid).into())?;
        if self.catch {
            // With either signal this returns, and the return drops the `Cleanup`.
            return signals.wait().map(drop).map_err(Into::into);
        }
        // The signal ends the process here, in a system call that never returns.
        connection.recv_or_end().map(drop)
    }
}

/// What has to be cleaned up: a file to remove, a lock to give back, or a process to end.
struct Cleanup<'a>(&'a CurrentProcess, Option<&'a ChildProcess>);

impl Drop for Cleanup<'_> {
    fn drop(&mut self) {
        let Cleanup(process, child) = self;
        let ended = child.map(|child| child.terminate().and_then(|()| child.join()));
        let line = format!("Child process {} cleans up", process.pid());
        // `drop` can't return an error. If the log fails, nobody reads it any more.
        let _ = ended
            .unwrap_or(Ok(()))
            .and(process.happened_with_line(TerminateEvent::Finally {}, line));
    }
}

/// Grandchild of the `terminate` lesson: says on stdout that it is there, and to whoever asks on
/// stdin, who its parent is
#[derive(clap::Args, Serialize)]
pub struct Grandchild {}

impl Target for Grandchild {
    const NAME: &'static str = "terminate-grandchild";

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
    events: Vocabulary::of::<TerminateEvent>(),
    children: &[AnyTarget::of::<CleaningChild>(), AnyTarget::of::<Grandchild>()],
    ..Parts::of::<TerminateJudge, TerminateNarrator>()
};
