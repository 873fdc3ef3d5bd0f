//! What the parent's half of a lesson starts its processes from.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Error, Result, anyhow, bail, ensure};
use fastrand::Rng;
use rustix::process::{getpid, set_child_subreaper};

use super::children::{Casualty, Children};
use super::messages::PartnerGone;
use super::process::{NewProcess, Process};
use crate::events::{Event, Log};

/// Starts the processes of one run, as the object from Python's `get_context()` does, and answers for their
/// end: when it is gone, so are they.
pub struct Context {
    log: Log,
    children: Arc<Children>,
    program: PathBuf,
    speed: f64,
    /// Gives each child a seed of its own, in the order of their starts.
    seeds: RefCell<Rng>,
}

/// How a run ended.
pub struct Outcome {
    casualties: Vec<Casualty>,
    error: Option<Error>,
}

impl Context {
    /// A context whose children write to `log` and are listed in `children`. `speed` divides every pause.
    ///
    /// # Errors
    /// When the system can't tell where this program is.
    pub fn new(log: Log, children: Arc<Children>, seed: u64, speed: f64) -> Result<Context> {
        ensure!(
            !sigchld_is_ignored(),
            "SIGCHLD is ignored here, so the system would not tell how children end; \
             start mp-demo from a program that does not ignore it"
        );
        let program = std::env::current_exe().context("cannot find this program's own file")?;
        // A grandchild whose parent was killed becomes a child of this process, which waits for it, and not of PID 1,
        // which may not.
        set_child_subreaper(Some(getpid()))?;
        // What the shell left open in this process is not the children's business.
        close_fds::set_fds_cloexec(3, &[]);
        Ok(Context {
            log,
            children,
            program,
            speed,
            seeds: RefCell::new(Rng::with_seed(seed)),
        })
    }

    /// A process that is still to be started. `target` names the child's half of the lesson: what Python
    /// calls with `Process(target=...)`.
    pub fn process(&self, role: &str, target: &str) -> NewProcess<'_> {
        let seed = self.seeds.borrow_mut().u32(..);
        NewProcess::new(self, role, target, seed)
    }

    /// A process of another program, to compare with: `/bin/true`, say, or Python.
    pub fn foreign_process(&self, role: &str, program: impl Into<PathBuf>) -> NewProcess<'_> {
        NewProcess::foreign(self, role, program.into())
    }

    /// A random time from 0 to `longest` seconds of the article's time, after division by `--speed`. The run's seed
    /// repeats it.
    pub fn seconds_at_most(&self, longest: f64) -> f64 {
        let seconds = self.seeds.borrow_mut().f64() * longest / self.speed;
        seconds.min(f64::MAX)
    }

    /// The run's log.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Asks how the children are that have ended by now, as Python's `exitcode` tells. For a parent that can't go on
    /// without each of them, and would not notice: the others are still there and keep its queue open.
    ///
    /// # Errors
    /// When one of them has ended otherwise than wanted. The end of the run names it.
    pub fn check_children(&self) -> Result<()> {
        match self.children.has_casualty(&self.log)? {
            // It may have been let down by another, whose end is not yet seen.
            true => bail!(PartnerGone("it cannot go on without that process")),
            false => Ok(()),
        }
    }

    pub(super) fn children(&self) -> &Children {
        &self.children
    }

    pub(super) fn program(&self) -> &PathBuf {
        &self.program
    }

    pub(super) fn speed(&self) -> f64 {
        self.speed
    }

    /// Ends the run whose parent's half returned `result`: after success the children that were not joined
    /// are joined, as CPython does at exit; after an error they are killed. Nobody is left behind.
    pub fn finish(self, result: Result<()>) -> Outcome {
        let result = result.and_then(|()| self.join_all());
        if let Err(error) = &result {
            if error.is::<PartnerGone>() {
                self.children.await_casualty(&self.log);
            }
            let message = format!("{error:#}");
            // If the log fails here, nobody listens any more.
            let _ = self.log.write(Event::Error { message });
            self.children.kill_all(Some(&self.log));
        }
        self.children.wait_all(&self.log);
        Outcome {
            casualties: self.children.casualties(),
            error: result.err(),
        }
    }

    fn join_all(&self) -> Result<()> {
        for number in self.children.unjoined() {
            Process::numbered(self, number).join()?;
        }
        Ok(())
    }
}

/// Whether the program that started this one made it ignore SIGCHLD: children would then vanish unseen, and waiting for
/// one that runs for ever would never end (proc(5), `SigIgn`; wait(2), Notes).
fn sigchld_is_ignored() -> bool {
    const SIGCHLD: u32 = rustix::process::Signal::CHILD.as_raw() as u32;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (SIGCHLD - 1) & 1 == 1)
}

impl Drop for Context {
    /// For a panic in a lesson: after [`Context::finish`] nobody is left.
    fn drop(&mut self) {
        self.children.kill_all(None);
        self.children.wait_all(&self.log);
    }
}

impl Outcome {
    /// Success, or everyone who failed, a line each, first cause first. `messages` has what children said
    /// before they gave up, by PID.
    ///
    /// # Errors
    /// Those lines.
    pub fn into_result(self, messages: &HashMap<u32, String>) -> Result<()> {
        let mut failures: Vec<String> = Vec::new();
        for Casualty { pid, role, status } in &self.casualties {
            let mut failure = format!("{role} (PID {pid}) {status}");
            if let Some(message) = messages.get(pid) {
                failure = format!("{failure}: {message}");
            }
            failures.push(failure);
        }
        match self.error {
            None if failures.is_empty() => Ok(()),
            Some(error) if failures.is_empty() => Err(error),
            error => {
                failures.extend(error.map(|error| format!("the parent failed: {error:#}")));
                Err(anyhow!(failures.join("\nmp-demo: then ")))
            }
        }
    }
}
