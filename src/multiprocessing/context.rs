//! The [`Context`], from which the parent's half of a lesson starts its processes.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use fastrand::Rng;
use rustix::process::{Pid, WaitOptions, getpid, set_child_subreaper, waitpid};
use serde_json::Value;

use super::child_process::{ChildProcess, ChildProcesses};
use super::children::{Children, Progress};
use super::connection::Connection;
use super::interruption::Interruption;
use super::lock::{Lock, SEMAPHORE};
use super::logs::Logs;
use super::new_process::IntoProcess;
use super::output::{Output, PrintedTo, To};
use super::parent::Parent;
use super::queue::Queue;
use super::shared_value::SharedValue;
use crate::events::{Because as _, Call, Event, Log, Named, PartnerGone, Reason, Status, Why};
use crate::evidence::ProcessSummary;

/// Python's `multiprocessing` for the parent's half of a lesson, as the object from
/// `get_context()`: it starts the processes of one run and answers for their end. Dropping it ends
/// them.
pub struct Context {
    parent: Arc<Parent>,
    /// Gives each child a seed of its own, in the order of their starts.
    seeds: RefCell<Rng>,
    /// How many queues or pipes have had each name.
    names: RefCell<HashMap<&'static str, u32>>,
    /// How long a command of the user's may do nothing before the log is told; nothing for ever.
    patience: Option<Duration>,
}

/// A role's name in the log: numbered where several processes play it.
pub fn numbered(role: &str, number: u16, of: u16) -> String {
    match of {
        1 => role.to_owned(),
        _ => format!("{role}-{number}"),
    }
}

impl Logs for Context {
    fn log(&self) -> &Log {
        &self.parent.log
    }
}

impl Context {
    pub fn new(log: Log, children: Arc<Children>, seed: u64, speed: f64) -> Result<Context> {
        // As a subreaper, this process adopts and reaps orphaned descendants. PID 1 would adopt
        // them otherwise, and doesn't reap in every container. A sandbox that refuses this has a
        // PID 1 of its own.
        let _ = set_child_subreaper(Some(getpid()));
        // Do not leak inherited descriptors to children.
        close_fds::set_fds_cloexec(3, &[]);
        let parent = Parent { log, children, program: this_program()?, speed };
        Ok(Context {
            parent: Arc::new(parent),
            seeds: RefCell::new(Rng::with_seed(seed)),
            names: RefCell::default(),
            patience: None,
        })
    }

    pub fn with_patience(mut self, patience: Option<Duration>) -> Context {
        self.patience = patience;
        self
    }

    /// Opens a queue for this many readers, as Python's `Queue()`.
    pub fn queue(&self, readers: u16) -> Result<Queue> {
        self.named_queue("queue", readers)
    }

    /// Opens a queue whose name in the log tells it from other queues.
    pub fn named_queue(&self, name: &'static str, readers: u16) -> Result<Queue> {
        Queue::open(self.next_name(name), readers, &self.parent)
    }

    /// Opens a pipe, as Python's `Pipe(duplex)`. When it is not `duplex`, the first end can only
    /// receive and the second only send.
    pub fn pipe(&self, duplex: bool) -> Result<(Connection, Connection)> {
        Connection::pair(self.next_name("pipe"), duplex, &self.parent)
    }

    /// Starts a process in this role, as Python's `Process(target=..., args=...).start()`. When it
    /// can't be started, the error says how many children were running, for the run ends then.
    #[track_caller]
    pub fn start<'a>(&self, role: &str, process: impl IntoProcess<'a>) -> Result<ChildProcess> {
        let seed = self.seeds.borrow_mut().u32(..);
        ChildProcess::start(&self.parent, role, seed, process.into_process())
    }

    /// Starts several processes in this role, with a number each if they are more than one.
    #[track_caller]
    pub fn start_all<'a, P: IntoProcess<'a>>(
        &self,
        role: &str,
        processes: impl ExactSizeIterator<Item = P>,
    ) -> Result<ChildProcesses> {
        let of = processes.len() as u16;
        let roles = (1..=of).map(|number| numbered(role, number, of));
        self.start_as(roles.zip(processes))
    }

    #[track_caller]
    pub fn start_as<'a, P: IntoProcess<'a>>(
        &self,
        processes: impl Iterator<Item = (String, P)>,
    ) -> Result<ChildProcesses> {
        let mut started = Vec::new();
        for (role, process) in processes {
            started.push(self.start(&role, process)?);
        }
        Ok(ChildProcesses(started))
    }

    /// Waits until this process waits in this call, by the events that it logs.
    pub fn until_in(&self, process: &ChildProcess, call: Call) -> Result<()> {
        self.parent.children.until(process.pid(), Progress::Waits(call), &self.parent.log)
    }

    /// Waits until this process has acquired a lock, by the events that it logs.
    pub fn until_holds_lock(&self, process: &ChildProcess) -> Result<()> {
        self.parent.children.until(process.pid(), Progress::HoldsLock, &self.parent.log)
    }

    /// Makes a number that processes share, at first 0.
    pub fn shared_value(&self) -> Result<SharedValue> {
        SharedValue::new()
    }

    /// Makes a lock, as Python's `Lock()`.
    pub fn lock(&self) -> Result<Lock> {
        Lock::new(self.next_name("lock"), &self.parent.log)
    }

    /// Makes a lock whose name in the log is `semaphore`.
    pub fn semaphore(&self) -> Result<Lock> {
        Lock::new(SEMAPHORE.into(), &self.parent.log)
    }

    /// Opens a pipe or terminal for a child's output: the end to read from, and the end that
    /// becomes the child's stdout.
    pub fn output(&self, to: To) -> Result<(Output, PrintedTo)> {
        Output::open(to, Arc::clone(&self.parent))
    }

    /// Receives the next value at a silent end of a pipe, and reaps children meanwhile: the child
    /// at the other end may have ended, while a grandchild holds the end open.
    #[track_caller]
    pub fn recv(&self, connection: &mut Connection) -> Result<Value> {
        connection.recv_watched(&self.parent)
    }

    /// Reaps the children that have ended by now, as Python's `exitcode` does. It is an error if
    /// one of them has failed.
    pub fn check_children(&self) -> Result<()> {
        self.parent.children.check(&self.parent.log)
    }

    /// A random time from 0 to `longest` seconds, divided by `--speed`. The run's seed repeats it.
    pub fn seconds_at_most(&self, longest: f64) -> f64 {
        let seconds = self.seeds.borrow_mut().f64() * longest / self.parent.speed;
        seconds.min(f64::MAX)
    }

    /// Sleeps for this many seconds, divided by `--speed`, and reaps nobody meanwhile.
    #[track_caller]
    pub fn sleep(&self, seconds: f64) -> Result<()> {
        let seconds = (seconds / self.parent.speed).min(f64::MAX);
        self.parent.log.write(Event::Sleep { seconds })?;
        let time = Duration::try_from_secs_f64(seconds).ok();
        let end = time.and_then(|time| Instant::now().checked_add(time));
        self.parent.children.wait_and_reap_nobody(end, || false)
    }

    /// Waits until a process that this one has adopted has ended, and reaps nobody.
    pub fn wait_for_adopted(&self, pid: u32) -> Result<()> {
        let has_ended = || ProcessSummary::of(pid).is_none_or(|it| it.wait_status.is_some());
        self.parent.children.wait_and_reap_nobody(None, has_ended)
    }

    /// Reaps a process that this one has adopted and that has ended.
    #[track_caller]
    pub fn join_adopted(&self, pid: u32, role: &str) -> Result<()> {
        let status = Pid::from_raw(pid as i32).map(|pid| waitpid(Some(pid), WaitOptions::NOHANG));
        let Some(Ok(Some((_, status)))) = status else {
            bail!(Reason::NoChild { process: Named { role: role.into(), pid, command: None } });
        };
        self.parent.log.write(Event::Exited {
            child: pid,
            child_role: role.into(),
            status: Status::from_wait_status(status.as_raw()),
        })
    }

    pub fn seconds(&self) -> f64 {
        self.parent.log.seconds()
    }

    /// Ends the run whose parent's half returned `result`: after success the children that were not
    /// joined are joined, as CPython does at exit; after an error they are killed. No process is
    /// left. The error is [`Interruption::ChildFailed`] if a child has failed, or else the error of
    /// `result`, except [`Interruption::RunIsOver`].
    pub fn finish(self, result: Result<()>) -> Result<()> {
        let Parent { log, children, .. } = &*self.parent;
        let result = result.and_then(|()| self.join_all());
        if let Err(error) = &result {
            let interruption = Interruption::of(error);
            if error.is::<PartnerGone>() || interruption == Some(Interruption::ChildFailed) {
                children.await_failure(log);
            }
            // An interruption is logged already, by the end of the child or of the run.
            if interruption.is_none() {
                // If the log fails here, nobody reads it any more.
                let _ = log.write(Event::Error { why: Why::of(error) });
            }
        }
        match self.end(result, Interruption::ChildFailed) {
            Err(error) if Interruption::of(&error) == Some(Interruption::RunIsOver) => Ok(()),
            result => result,
        }
    }

    /// As [`finish`](Context::finish), for a process that logs its errors itself: `failed` is the
    /// error if a child has failed.
    pub(super) fn end(self, result: Result<()>, failed: Interruption) -> Result<()> {
        let Parent { log, children, .. } = &*self.parent;
        let result = result.and_then(|()| self.join_all());
        if result.is_err() {
            children.kill_all(Some(log));
        }
        children.wait_all(log);
        ensure!(!children.have_failed(), failed);
        result
    }

    /// From now on SIGTERM doesn't end this process, but is passed on to its children. Then a call
    /// that waits fails, once for each SIGTERM.
    pub(super) fn passes_sigterm_on(&self) -> Result<()> {
        self.parent.children.catch_sigterm()
    }

    /// The parent whose children this process's ends of queues and pipes reap while they wait.
    pub(super) fn parent(&self) -> &Arc<Parent> {
        &self.parent
    }

    pub(super) fn patience(&self) -> Option<Duration> {
        self.patience
    }

    fn join_all(&self) -> Result<()> {
        for number in self.parent.children.unjoined() {
            ChildProcess::numbered(&self.parent, number).join()?;
        }
        Ok(())
    }

    fn next_name(&self, name: &'static str) -> String {
        let mut names = self.names.borrow_mut();
        let count = names.entry(name).or_default();
        *count += 1;
        match *count {
            1 => name.to_owned(),
            number => format!("{name}-{number}"),
        }
    }
}

/// This very program, even if its file has been replaced or removed since it was started (proc(5),
/// /proc/pid/exe).
fn this_program() -> Result<PathBuf> {
    let itself = PathBuf::from("/proc/self/exe");
    match itself.read_link() {
        Ok(_) => Ok(itself),
        Err(_) => std::env::current_exe().because(|| Reason::CannotFindProgram {}),
    }
}

impl Drop for Context {
    /// Kills the children after a panic in a lesson. After [`Context::finish`] there are none.
    fn drop(&mut self) {
        self.parent.children.kill_all(None);
        self.parent.children.wait_all(&self.parent.log);
    }
}
