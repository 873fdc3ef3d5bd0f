//! The table of a run's children, from their start until they are reaped. No child is forgotten,
//! and none is signalled whose PID might already be another process's.

use std::collections::HashMap;
use std::io;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, WaitOptions, getpid, kill_process, wait, waitid,
};
use signal_hook::consts::SIGTERM;

use super::bell::Bell;
use super::descendants::{self, children_of, end_orphans, kill_trees};
use super::ends::OpenEnds;
use super::interruption::Interruption;
use crate::events::{Call, Event, Log, Record, Status};
use crate::evidence::Fill;

/// The children of a run. The thread that plays the parent's half starts and joins them; the thread
/// that shows the run can end them all.
pub struct Children {
    table: Mutex<ProcessTable>,
    /// Rings when a child may have ended.
    pub(super) bell: Bell,
    /// What each process of the run has logged last, by PID.
    progress: Mutex<HashMap<u32, Progress>>,
    /// The pipe ends that the parent has open.
    pub(super) ends: OpenEnds,
    /// Children that this process had before the run: the second guard, say, or the children of a
    /// shell that has become this program by `exec mp-demo`.
    strangers: Vec<Pid>,
    /// Whether SIGTERM has come, if this process passes it on.
    terminated: Arc<AtomicBool>,
}

/// How far a process has come, for a parent's half that waits for it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    Waits(Call),
    HoldsLock,
}

#[derive(Default)]
struct ProcessTable {
    /// The run is over: no child may be started any more.
    is_over: bool,
    children: Vec<TableEntry>,
}

struct TableEntry {
    pid: Pid,
    role: String,
    /// Whether the child is the go-between of a user's program, which it ends before itself.
    is_go_between: bool,
    terminated: Option<(Instant, Signal)>,
    killed: bool,
    /// The exit status, once the child is reaped.
    status: Option<Status>,
}

impl Children {
    pub fn new() -> Result<Children> {
        Ok(Children {
            table: Mutex::default(),
            bell: Bell::new()?,
            progress: Mutex::default(),
            ends: OpenEnds::default(),
            strangers: children_of(getpid()),
            terminated: Arc::default(),
        })
    }

    /// From now on SIGTERM doesn't end this process: it is [passed on](Children::pass_on).
    pub(super) fn catch_sigterm(&self) -> Result<()> {
        // First the flag, then the bell: handlers are called in the order in which they were
        // registered.
        signal_hook::flag::register(SIGTERM, Arc::clone(&self.terminated))?;
        self.bell.rings_at(SIGTERM)
    }

    /// Passes SIGTERM on to every running child, if it has come, and reaps the children that have
    /// ended. The error is [`Interruption::Terminated`], once for each SIGTERM, or `RunIsOver`.
    pub(super) fn pass_on(&self, log: &Log) -> Result<()> {
        self.bell.silence();
        let is_terminated = self.terminated.swap(false, Ordering::SeqCst);
        for number in self.unjoined().into_iter().filter(|_| is_terminated) {
            let (pid, role) = self.describe(number);
            let child = pid.as_raw_pid() as u32;
            // The signal is passed on even if nobody reads the log.
            let _ = log.write(Event::Terminate { child, child_role: role.into() });
            self.signal(number, Signal::TERM, log)?;
        }
        ensure!(!is_terminated, Interruption::Terminated);
        let mut table = self.lock();
        table.reap(log)?;
        ensure!(!table.is_over, Interruption::RunIsOver);
        Ok(())
    }

    /// How full the pipes are of which the parent has an end open.
    pub fn fills(&self) -> Vec<Fill> {
        self.ends.fills()
    }

    /// The PIDs of children that are no part of the run.
    pub fn strangers(&self) -> impl Iterator<Item = u32> {
        self.strangers.iter().map(|pid| pid.as_raw_pid() as u32)
    }

    /// Called by the log reader with each event, for a parent's half that waits for one.
    pub fn see(&self, record: &Record) {
        let progress = match record.event {
            Event::Wait { call, .. } => Progress::Waits(call),
            Event::Acquired { .. } => Progress::HoldsLock,
            _ => return,
        };
        let mut all = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(record.pid, progress);
        self.bell.ring();
    }

    /// Waits until this process has come so far, by the events that it logs.
    pub(super) fn until(&self, pid: u32, progress: Progress, log: &Log) -> Result<()> {
        self.wait_until(log, || {
            let all = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
            all.get(&pid) == Some(&progress)
        })
    }

    fn wait_until(&self, log: &Log, has_come: impl Fn() -> bool) -> Result<()> {
        loop {
            self.check(log)?;
            if has_come() {
                return Ok(());
            }
            self.bell.wait(None)?;
        }
    }

    /// The children that a signal has stopped: PID, role, and the signal's number.
    pub fn stopped(&self) -> Vec<(u32, (String, i32))> {
        let look = WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        let table = self.lock();
        let stopped = table.running().filter_map(|child| {
            let signal = waitid(WaitId::Pid(child.pid), look).ok()??.stopping_signal()?;
            Some((child.pid.as_raw_pid() as u32, (child.role.clone(), signal)))
        });
        stopped.collect()
    }

    /// Has the parent's half end the run: it waits no more, and what still runs is killed.
    pub fn end_run(&self) {
        self.lock().is_over = true;
        self.bell.ring();
    }

    /// Starts a child and returns its number among the children of the run, and its PID.
    pub(super) fn start(
        &self,
        role: &str,
        command: &mut Command,
        is_go_between: bool,
    ) -> io::Result<(usize, Pid)> {
        let mut table = self.lock();
        if table.is_over {
            return Err(io::Error::other(Interruption::RunIsOver));
        }
        let pid = Pid::from_child(&descendants::start(command)?);
        table.children.push(TableEntry {
            pid,
            role: role.to_owned(),
            is_go_between,
            terminated: None,
            killed: false,
            status: None,
        });
        Ok((table.children.len() - 1, pid))
    }

    /// Reaps the children that have ended, and counts the others.
    pub(super) fn count_running(&self, log: &Log) -> usize {
        let mut table = self.lock();
        // If the log fails here, the caller has something more important to do or to tell.
        let _ = table.reap(log);
        table.running().count()
    }

    pub(super) fn unjoined(&self) -> Vec<usize> {
        let children = &self.lock().children;
        (0..children.len()).filter(|&number| children[number].status.is_none()).collect()
    }

    pub(super) fn describe(&self, number: usize) -> (Pid, String) {
        let child = &self.lock().children[number];
        (child.pid, child.role.clone())
    }

    /// Waits until this child has ended. Every child that ends meanwhile is reaped and logged at
    /// once, not only when it is joined.
    pub(super) fn wait(&self, number: usize, log: &Log) -> Result<()> {
        self.wait_until(log, || self.status(number).is_some())
    }

    /// Waits for the end of a child until `end`; returns whether it has ended.
    pub(super) fn ends_before(&self, number: usize, end: Instant, log: &Log) -> Result<bool> {
        loop {
            self.bell.silence();
            self.lock().reap(log)?;
            if self.status(number).is_some() {
                return Ok(true);
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(false);
            }
            self.bell.wait(Some(left))?;
        }
    }

    /// When this child was sent SIGTERM or SIGINT, and which of them, if it is not reaped yet.
    pub(super) fn terminated_at(&self, number: usize) -> Option<(Instant, Signal)> {
        let child = &self.lock().children[number];
        child.terminated.filter(|_| child.status.is_none())
    }

    /// Sends the signal, SIGTERM or SIGINT, unless the child has already ended.
    pub(super) fn signal(&self, number: usize, signal: Signal, log: &Log) -> Result<()> {
        let mut table = self.lock();
        let logged = table.reap(log);
        let child = &mut table.children[number];
        if child.status.is_none() {
            child.terminated = Some((Instant::now(), signal));
            kill_process(child.pid, signal)?;
        }
        logged
    }

    /// The child's exit status, if it is reaped.
    pub(super) fn status(&self, number: usize) -> Option<Status> {
        self.lock().children[number].status
    }

    /// Waits until `has_come` returns true, or until `end`, and reaps nobody: a child that ends
    /// meanwhile stays a zombie. The error is [`Interruption::RunIsOver`].
    pub(super) fn wait_and_reap_nobody(
        &self,
        end: Option<Instant>,
        mut has_come: impl FnMut() -> bool,
    ) -> Result<()> {
        loop {
            self.bell.silence();
            if self.lock().is_over {
                self.bell.ring();
                bail!(Interruption::RunIsOver);
            }
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            if has_come() || left.is_some_and(|left| left.is_zero()) {
                // The children that have ended are still to be reaped.
                self.bell.ring();
                return Ok(());
            }
            self.bell.wait(left)?;
        }
    }

    pub(super) fn kill(&self, number: usize) {
        self.lock().children[number].kill();
    }

    /// Kills every running child, lets no new one start, and lets the parent's half wait no more.
    /// The kills are logged, if there is a log with a reader.
    pub fn kill_all(&self, log: Option<&Log>) {
        let mut table = self.lock();
        table.is_over = true;
        self.bell.ring();
        if let Some(log) = log {
            // Reap first, so that children that ended earlier are not reported as killed.
            let _ = table.reap(log);
        }
        table.kill_running(log);
    }

    /// Waits until a child has failed, but no longer than a second: a child that closed its pipe
    /// ends too early is about to end. If the first failure is an exit status, the cause may be
    /// another child that was killed: the kernel closes a killed child's pipes before it can be
    /// reaped. That other child gets a tenth of a second to show.
    pub(super) fn await_failure(&self, log: &Log) {
        let mut end = Instant::now() + Duration::from_secs(1);
        let mut is_first = true;
        while Instant::now() < end {
            let mut table = self.lock();
            // If the log is gone, nobody will read the result.
            let _ = table.reap(log);
            let failures: Vec<_> = table.failures().collect();
            drop(table);
            if failures.iter().any(|status| matches!(status, Status::Signal(_))) {
                return;
            }
            if is_first && !failures.is_empty() {
                is_first = false;
                end = end.min(Instant::now() + Duration::from_millis(100));
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Reaps the children that have ended, and sees whether the parent's half can go on: the one
    /// rule for all lessons. If it can't, that is an [`Interruption`].
    pub(super) fn check(&self, log: &Log) -> Result<()> {
        if self.terminated.load(Ordering::SeqCst) {
            self.pass_on(log)?;
        }
        self.bell.silence();
        let mut table = self.lock();
        table.reap(log)?;
        if table.is_over {
            self.bell.ring();
            // At once: when the parent's half returns, its ends of pipes are closed, and a child
            // that waits there would fail.
            table.kill_running(Some(log));
            bail!(Interruption::RunIsOver);
        }
        // The failure may be the result of another child's, which can't be seen yet: see
        // `await_failure`.
        ensure!(table.failures().next().is_none(), Interruption::ChildFailed);
        Ok(())
    }

    /// Waits for all children. Their ends are logged if the log still has a reader.
    pub(super) fn wait_all(&self, log: &Log) {
        while self.count_running(log) > 0 {
            if self.bell.wait(None).is_err() {
                return;
            }
            self.bell.silence();
        }
        end_orphans(&self.strangers);
    }

    pub(super) fn have_failed(&self) -> bool {
        self.lock().failures().next().is_some()
    }

    fn lock(&self) -> MutexGuard<'_, ProcessTable> {
        // Each change to the table is complete before anything can panic, so a poisoned lock is
        // still sound, and children must be ended even then.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ProcessTable {
    fn running(&self) -> impl Iterator<Item = &TableEntry> {
        self.children.iter().filter(|child| child.status.is_none())
    }

    /// The statuses of the children that have failed.
    fn failures(&self) -> impl Iterator<Item = Status> {
        self.children.iter().filter_map(|child| {
            let signal = child.terminated.map(|(_, signal)| signal.as_raw());
            let sent = if child.killed { Some(Status::SIGKILL) } else { signal };
            child.status.filter(|status| !status.is_wanted(sent))
        })
    }

    /// Kills the running children that have not been killed yet. The kills are logged, if there is
    /// a log with a reader.
    fn kill_running(&mut self, log: Option<&Log>) {
        let running = self.children.iter_mut().filter(|child| child.status.is_none());
        for child in running.filter(|child| !child.killed) {
            let event = Event::Kill {
                child: child.pid.as_raw_pid() as u32,
                child_role: (&child.role).into(),
                why: None,
            };
            drop(log.map(|log| log.write(event)));
            child.kill();
        }
    }

    /// Reaps every child that has ended, and writes that to the log.
    fn reap(&mut self, log: &Log) -> Result<()> {
        let mut logged = Ok(());
        let _lock = descendants::lock();
        while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
            let mut children = self.children.iter_mut();
            // A child that is not in the table is a stranger: a shell that became this program by
            // `exec` had started it.
            let Some(child) = children.find(|it| it.pid == pid && it.status.is_none()) else {
                continue;
            };
            let status = Status::from_wait_status(status.as_raw());
            child.status = Some(status);
            logged = logged.and(log.write(Event::Exited {
                child: pid.as_raw_pid() as u32,
                child_role: (&child.role).into(),
                status,
            }));
        }
        logged
    }
}

impl TableEntry {
    /// Sends SIGKILL, unless the child is reaped: then its PID may be another process's.
    fn kill(&mut self) {
        self.killed = true;
        if self.status.is_some() {
            return;
        }
        // The PID is still its own, so the signal can't fail.
        match self.is_go_between {
            // A go-between that is killed can't end its program, so the whole tree is killed.
            true => kill_trees(vec![self.pid]),
            false => drop(kill_process(self.pid, Signal::KILL)),
        }
    }
}
