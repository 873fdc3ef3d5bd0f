//! Every child of a run, from its start until it was waited for. Nobody is forgotten here, and
//! nobody is signalled whose PID might already belong to someone else.

use std::collections::{HashMap, HashSet};
use std::io;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, WaitOptions, kill_process, wait, waitid,
};
use signal_hook::consts::SIGTERM;

use super::bell::Bell;
use super::ends::OpenEnds;
use super::orphans::{children_of_this_process, end_orphans};
use super::over::{ChildFailed, RunIsOver, Terminated};
use crate::events::{Call, Event, Failure, Log, Status, first_cause_first};
use crate::evidence::Fill;

/// The children of a run. The thread that plays the parent's half starts and joins them; the thread
/// that shows the run can end them all.
pub struct Children {
    state: Mutex<State>,
    /// Rings when one of them may have ended.
    pub(super) bell: Bell,
    /// In which call each process of the run has begun to wait last, by PID.
    calls: Mutex<HashMap<u32, Call>>,
    /// Who has acquired a lock at some time, by PID.
    acquirers: Mutex<HashSet<u32>>,
    /// The ends of pipes that their parent has open.
    pub(super) ends: OpenEnds,
    /// Children that this process had before the run: a shell that became this program by `exec`
    /// has left them.
    strangers: Vec<Pid>,
    /// Whether SIGTERM has come, if this process passes it on.
    terminated: Arc<AtomicBool>,
}

#[derive(Default)]
struct State {
    /// No child may be started any more.
    over: bool,
    children: Vec<Child>,
    /// How many were reaped so far: the order of their ends.
    reaped: usize,
}

struct Child {
    pid: Pid,
    role: String,
    terminated: Option<(Instant, Signal)>,
    killed: bool,
    ended: Option<Ended>,
}

struct Ended {
    order: usize,
    status: Status,
}

impl Children {
    /// No children yet.
    ///
    /// # Errors
    /// When no pipe can be had.
    pub fn new() -> Result<Children> {
        Ok(Children {
            state: Mutex::default(),
            bell: Bell::new()?,
            calls: Mutex::default(),
            acquirers: Mutex::default(),
            ends: OpenEnds::default(),
            strangers: children_of_this_process().collect(),
            terminated: Arc::default(),
        })
    }

    /// From now on SIGTERM doesn't end this process: it is [passed on](Children::pass_on).
    ///
    /// # Errors
    /// What the system said.
    pub(super) fn catch_sigterm(&self) -> Result<()> {
        // First the flag, then the bell: handlers are called in the order in which they were
        // registered.
        signal_hook::flag::register(SIGTERM, Arc::clone(&self.terminated))?;
        self.bell.rings_at(SIGTERM)
    }

    /// Passes SIGTERM on to every child that runs, if it has come, and reaps those that have ended.
    ///
    /// # Errors
    /// [`Terminated`], once for each SIGTERM; that the run is over; or that the log can't be
    /// written to.
    pub(super) fn pass_on(&self, log: &Log) -> Result<()> {
        self.bell.silence();
        let is_terminated = self.terminated.swap(false, Ordering::SeqCst);
        for number in self.unjoined().into_iter().filter(|_| is_terminated) {
            let (pid, role) = self.describe(number);
            let child = pid.as_raw_pid() as u32;
            // Be there anybody who reads the log or not.
            let _ = log.write(Event::Terminate { child, child_role: role.into() });
            self.signal(number, Signal::TERM, log)?;
        }
        ensure!(!is_terminated, Terminated);
        let mut state = self.lock();
        state.reap(log)?;
        ensure!(!state.over, RunIsOver);
        Ok(())
    }

    /// How full the pipes are of which their parent has an end open.
    pub fn fills(&self) -> Vec<Fill> {
        self.ends.fills()
    }

    /// The PIDs of children that this process had before the run: they are no part of it.
    pub fn strangers(&self) -> impl Iterator<Item = u32> {
        self.strangers.iter().map(|pid| pid.as_raw_pid() as u32)
    }

    /// A process of the run waits in this call from now on, as its log tells. It is for the one who
    /// reads the log to say so.
    pub fn waits(&self, pid: u32, call: Call) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.insert(pid, call);
        self.bell.ring();
    }

    /// Whether this process has begun to wait in this call, and in no other one since.
    pub(super) fn is_in(&self, pid: u32, call: Call) -> bool {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.get(&pid) == Some(&call)
    }

    /// A process of the run has acquired a lock, as its log tells. It is for the one who reads the
    /// log to say so.
    pub fn acquires(&self, pid: u32) {
        let mut acquirers = self.acquirers.lock().unwrap_or_else(PoisonError::into_inner);
        acquirers.insert(pid);
        self.bell.ring();
    }

    /// Whether this process has acquired a lock.
    pub(super) fn has_acquired(&self, pid: u32) -> bool {
        let acquirers = self.acquirers.lock().unwrap_or_else(PoisonError::into_inner);
        acquirers.contains(&pid)
    }

    /// The children that a signal has stopped: PID, role, and the signal's number.
    pub fn stopped(&self) -> Vec<(u32, (String, i32))> {
        let look = WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        let state = self.lock();
        let stopped = state.running().filter_map(|child| {
            let status = waitid(WaitId::Pid(child.pid), look).ok()??;
            let signal = status.stopping_signal()?;
            Some((child.pid.as_raw_pid() as u32, (child.role.clone(), signal)))
        });
        stopped.collect()
    }

    /// Has the parent's half end the run: it waits no more, and what still runs is killed.
    pub fn end_run(&self) {
        self.lock().over = true;
        self.bell.ring();
    }

    /// Starts a child and returns its number among the children of the run, and its PID.
    ///
    /// # Errors
    /// What the system said, or that the run is over.
    pub(super) fn start(&self, role: &str, command: &mut Command) -> io::Result<(usize, Pid)> {
        let mut state = self.lock();
        if state.over {
            return Err(io::Error::other(RunIsOver));
        }
        let child = command.spawn()?;
        let pid = Pid::from_child(&child);
        state.children.push(Child {
            pid,
            role: role.to_owned(),
            terminated: None,
            killed: false,
            ended: None,
        });
        Ok((state.children.len() - 1, pid))
    }

    /// How many children have been started and have not ended.
    pub(super) fn count_running(&self, log: &Log) -> usize {
        let mut state = self.lock();
        // The count is for an error message: if the log fails here, that error is still the better
        // one to tell.
        let _ = state.reap(log);
        state.running().count()
    }

    /// The numbers of the children that have not been waited for.
    pub(super) fn unjoined(&self) -> Vec<usize> {
        let state = self.lock();
        (0..state.children.len()).filter(|&number| state.children[number].ended.is_none()).collect()
    }

    /// PID and role of a child.
    pub(super) fn describe(&self, number: usize) -> (Pid, String) {
        let state = self.lock();
        let child = &state.children[number];
        (child.pid, child.role.clone())
    }

    /// Waits until this child has ended. Every child that ends meanwhile is reaped at once and
    /// stands in the log then, not only when its turn to be joined comes.
    ///
    /// # Errors
    /// Those of [`Children::check`].
    pub(super) fn wait(&self, number: usize, log: &Log) -> Result<()> {
        loop {
            self.check(log)?;
            if self.lock().children[number].ended.is_some() {
                return Ok(());
            }
            self.bell.wait(None)?;
        }
    }

    /// Waits until this child has ended, but no longer than until `end`. Whether it has.
    ///
    /// # Errors
    /// When the log can't be written to.
    pub(super) fn ends_before(&self, number: usize, end: Instant, log: &Log) -> Result<bool> {
        loop {
            self.bell.silence();
            {
                let mut state = self.lock();
                state.reap(log)?;
                if state.children[number].ended.is_some() {
                    return Ok(true);
                }
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(false);
            }
            self.bell.wait(Some(left))?;
        }
    }

    /// When this child was sent SIGTERM or SIGINT, and which, if it was and has not been waited
    /// for.
    pub(super) fn terminated_at(&self, number: usize) -> Option<(Instant, Signal)> {
        let state = self.lock();
        let child = &state.children[number];
        child.terminated.filter(|_| child.ended.is_none())
    }

    /// Sends the signal, SIGTERM or SIGINT, unless the child has already ended.
    ///
    /// # Errors
    /// When the log can't be written to, or when the signal can't be sent.
    pub(super) fn signal(&self, number: usize, signal: Signal, log: &Log) -> Result<()> {
        let mut state = self.lock();
        let told = state.reap(log);
        let child = &mut state.children[number];
        if child.ended.is_none() {
            child.terminated = Some((Instant::now(), signal));
            kill_process(child.pid, signal)?;
        }
        told
    }

    /// How a child has ended, if it was reaped.
    pub(super) fn status(&self, number: usize) -> Option<Status> {
        self.lock().children[number].ended.as_ref().map(|ended| ended.status)
    }

    /// Waits until `is_over` says so, until the time is over if there is one, or until the run is,
    /// and reaps nobody. Whoever ends meanwhile stays a zombie.
    ///
    /// # Errors
    /// When the run is over ([`RunIsOver`]), or when the system can't wait.
    pub(super) fn wait_and_reap_nobody(
        &self,
        end: Option<Instant>,
        mut is_over: impl FnMut() -> bool,
    ) -> Result<()> {
        loop {
            self.bell.silence();
            if self.lock().over {
                self.bell.ring();
                bail!(RunIsOver);
            }
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            if is_over() || left.is_some_and(|left| left.is_zero()) {
                // Those that have ended are still to be reaped.
                self.bell.ring();
                return Ok(());
            }
            self.bell.wait(left)?;
        }
    }

    /// Sends SIGKILL, unless the child has been waited for.
    pub(super) fn kill(&self, number: usize) {
        self.lock().children[number].kill();
    }

    /// Ends every child that still runs, lets no new one start, and lets the parent's half wait no
    /// more. The log is told, if there is one that listens.
    pub fn kill_all(&self, log: Option<&Log>) {
        let mut state = self.lock();
        state.over = true;
        self.bell.ring();
        if let Some(log) = log {
            // Who is dead already didn't die of this.
            let _ = state.reap(log);
        }
        state.kill_running(log);
    }

    /// Waits until some child has ended otherwise than wanted, but no longer than a second: the one
    /// that let the parent down has closed its ends of all pipes, and is about to be gone. One that
    /// gave up by itself may have been let down by another, and the kernel closes a killed
    /// process's pipes and sockets before others can learn of its end: so the first cause may be
    /// the last to be seen, and gets a tenth of a second.
    pub(super) fn await_failure(&self, log: &Log) {
        let mut end = Instant::now() + Duration::from_secs(1);
        let mut is_first = true;
        while Instant::now() < end {
            // If the log fails here, nobody is interested in the casualties either.
            let _ = self.lock().reap(log);
            match self.failures().first().map(|first| first.status) {
                Some(Status::Signal(_)) => return,
                Some(Status::Code(_)) if is_first => {
                    is_first = false;
                    end = end.min(Instant::now() + Duration::from_millis(100));
                }
                _ => {}
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Reaps the children that have ended, and sees whether the parent's half can go on: the one
    /// rule for all lessons.
    ///
    /// # Errors
    /// When a child has ended otherwise than wanted ([`ChildFailed`]), when the run is over
    /// ([`RunIsOver`]), or when the log can't be written to.
    pub(super) fn check(&self, log: &Log) -> Result<()> {
        if self.terminated.load(Ordering::SeqCst) {
            self.pass_on(log)?;
        }
        self.bell.silence();
        let mut state = self.lock();
        state.reap(log)?;
        if state.over {
            self.bell.ring();
            // At once: when the parent's half returns, its ends of pipes are closed, and whoever
            // waits there would fail.
            state.kill_running(Some(log));
            bail!(RunIsOver);
        }
        if state.children.iter().any(|child| !child.ended_as_wanted()) {
            // That child may have been let down by another, whose end is not yet seen.
            bail!(ChildFailed);
        }
        Ok(())
    }

    /// Waits for all children. The log is told if it still listens.
    pub(super) fn wait_all(&self, log: &Log) {
        loop {
            {
                let mut state = self.lock();
                let told = state.reap(log);
                if state.running().count() == 0 {
                    break;
                }
                if told.is_err() {
                    continue;
                }
            }
            if self.bell.wait(None).is_err() {
                return;
            }
            self.bell.silence();
        }
        end_orphans(&self.strangers);
    }

    /// The children that ended otherwise than wanted, first cause first.
    pub(super) fn failures(&self) -> Vec<Failure> {
        let state = self.lock();
        let ended = state.children.iter().filter_map(|child| {
            let ended = child.ended.as_ref()?;
            let failure = Failure {
                pid: child.pid.as_raw_pid() as u32,
                role: child.role.clone(),
                command: None,
                stands_between: false,
                status: ended.status,
                last_words: None,
            };
            (!child.ended_as_wanted()).then_some((ended.order, failure))
        });
        let mut ended: Vec<_> = ended.collect();
        ended.sort_by_key(|(order, _)| *order);
        let mut failures: Vec<_> = ended.into_iter().map(|(_, failure)| failure).collect();
        first_cause_first(&mut failures);
        failures
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Each change to the state is complete before anything can panic, so a poisoned lock is
        // still sound, and children must be ended even then.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn running(&self) -> impl Iterator<Item = &Child> {
        self.children.iter().filter(|child| child.ended.is_none())
    }

    /// Kills those that run and have not been killed yet. The log is told, if there is one that
    /// listens.
    fn kill_running(&mut self, log: Option<&Log>) {
        let running = self.children.iter_mut().filter(|child| child.ended.is_none());
        for child in running.filter(|child| !child.killed) {
            let event = Event::Kill {
                child: child.pid.as_raw_pid() as u32,
                child_role: (&child.role).into(),
                message: None,
            };
            drop(log.map(|log| log.write(event)));
            child.kill();
        }
    }

    /// Reaps every child that has ended, and writes that to the log.
    fn reap(&mut self, log: &Log) -> Result<()> {
        let mut told = Ok(());
        while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
            let ended =
                Ended { order: self.reaped, status: Status::from_wait_status(status.as_raw()) };
            let child =
                self.children.iter_mut().find(|child| child.pid == pid && child.ended.is_none());
            // Not ours: a shell that became this program by `exec` left it a child.
            let Some(child) = child else { continue };
            let event = Event::Exited {
                child: pid.as_raw_pid() as u32,
                child_role: (&child.role).into(),
                status: ended.status,
            };
            told = told.and(log.write(event));
            child.ended = Some(ended);
            self.reaped += 1;
        }
        told
    }
}

impl Child {
    fn kill(&mut self) {
        self.killed = true;
        // It was not waited for, so the PID is still its own, and the signal can't fail.
        let _ = kill_process(self.pid, Signal::KILL);
    }

    /// So far: as long as it runs, nothing speaks against it.
    fn ended_as_wanted(&self) -> bool {
        let sent = match (self.killed, self.terminated) {
            (true, _) => Some(Status::SIGKILL),
            (false, Some((_, signal))) => Some(signal.as_raw()),
            (false, None) => None,
        };
        let ended = self.ended.as_ref();
        ended.is_none_or(|ended| ended.status.is_wanted(sent))
    }
}
