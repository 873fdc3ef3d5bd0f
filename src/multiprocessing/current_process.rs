//! The process that a child's half of a lesson runs in.

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Result, bail};
use fastrand::Rng;
use rustix::process::{Signal, getppid, set_parent_process_death_signal};
use rustix::thread::set_name;

use super::birth::Birth;
use super::children::Children;
use super::connection::Connection;
use super::context::Context;
use super::lock::Lock;
use super::logs::Logs;
use super::queue::{GetEnd, PutEnd};
use super::shared_value::SharedValue;
use crate::events::{Event, Log, Reason};

/// The process that runs this code, as Python's `current_process()` gives it.
pub struct CurrentProcess {
    log: Log,
    parent: Option<u32>,
    stdin: Option<String>,
    stdout: Option<String>,
    speed: f64,
    random: Rng,
}

impl Logs for CurrentProcess {
    fn log(&self) -> &Log {
        &self.log
    }
}

impl CurrentProcess {
    /// The process of a child with these options. `target` is the name of its subcommand.
    pub fn new(birth: Birth, target: &str) -> CurrentProcess {
        let role = birth.role.unwrap_or_else(|| target.to_owned());
        // The program was started as /proc/self/exe, so `ps` would show the name `exe`.
        let _ = set_name(c"mp-demo");
        CurrentProcess {
            log: Log::of_child(role, birth.epoch),
            parent: birth.parent,
            stdin: birth.stdin,
            stdout: birth.stdout,
            speed: birth.speed.unwrap_or(1.0),
            random: birth.seed.map_or_else(Rng::new, Rng::with_seed),
        }
    }

    /// Has the kernel kill this process when its parent ends. A process that was given no parent,
    /// since a person started it or it is to outlive its parent, gets SIGCONT instead, in case it
    /// is stopped, and ends by itself. It is an error if the parent has ended already.
    pub fn die_with_parent(&self) -> Result<()> {
        if let Some(parent) = self.parent {
            return die_with(parent, Signal::KILL);
        }
        let _ = set_parent_process_death_signal(Some(Signal::CONT));
        Ok(())
    }

    pub(super) fn parent(&self) -> Option<u32> {
        self.parent
    }

    /// The queue that this process puts into: its stdout.
    pub fn put_end(&self) -> PutEnd {
        PutEnd::stdout(self.stdout.clone(), &self.log)
    }

    /// The queue that this process gets from: its stdin. A process may have only one, since it
    /// reads ahead.
    pub fn get_end(&self) -> GetEnd {
        GetEnd::stdin(self.stdin.clone(), &self.log)
    }

    /// The lock that this process was started with: its stdout.
    pub fn lock(&self) -> Lock {
        Lock::stdout(self.stdout.clone(), &self.log)
    }

    /// The number that this process shares with others: the file that is its stdin.
    pub fn shared_value(&self) -> Result<SharedValue> {
        SharedValue::open()
    }

    /// The end of a pipe that this process was started with: it sends on stdout, and receives on
    /// stdin if the pipe is `duplex`.
    pub fn connection(&self, duplex: bool) -> Connection {
        Connection::stdio(duplex, self.stdout.clone(), &self.log)
    }

    /// The names of its stdin and stdout, for a child that
    /// [inherits](super::IntoProcess::inherits) them.
    pub fn ends(&self) -> (Option<&str>, Option<&str>) {
        (self.stdin.as_deref(), self.stdout.as_deref())
    }

    /// The PID of the process's current parent, as Python's `os.getppid()`.
    pub fn parent_pid(&self) -> u32 {
        getppid().map_or(0, |pid| pid.as_raw_pid() as u32)
    }

    /// Starts a thread with this name, as Python's `threading.Thread(target=...).start()`. The
    /// thread stands in the run's log under that name.
    pub fn start_thread<T: Send + 'static>(
        &self,
        name: String,
        target: impl FnOnce(&Log) -> T + Send + 'static,
    ) -> io::Result<JoinHandle<T>> {
        let log = self.log.in_thread(name.clone());
        thread::Builder::new().name(name).spawn(move || target(&log))
    }

    pub fn context(&mut self) -> Result<Context> {
        let children = Arc::new(Children::new()?);
        Context::new(self.log.clone(), children, self.random.u64(..), self.speed)
    }

    /// Sleeps for this many seconds, divided by `--speed`.
    #[track_caller]
    pub fn sleep(&self, seconds: f64) -> Result<()> {
        let seconds = (seconds / self.speed).min(f64::MAX);
        self.log.write(Event::Sleep { seconds })?;
        // A time longer than the system can count becomes the longest one.
        thread::sleep(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
        Ok(())
    }

    /// Sleeps for a random time from 0 to `longest` seconds, divided by `--speed`.
    #[track_caller]
    pub fn sleep_at_most(&mut self, longest: f64) -> Result<()> {
        let seconds = self.random.f64() * longest;
        self.sleep(seconds)
    }
}

/// Has the kernel send this process a signal when the parent dies, even if the parent is killed and
/// can do nothing more itself (prctl(2), PR_SET_PDEATHSIG).
pub(super) fn die_with(parent: u32, signal: Signal) -> Result<()> {
    // In a sandbox that refuses this, a child of an ended parent lives until its next event, which
    // can't be written.
    let _ = set_parent_process_death_signal(Some(signal));
    // A parent that died before the call above sends no signal any more; this process then has a
    // new parent.
    let now = getppid().map(|pid| pid.as_raw_pid() as u32);
    if now != Some(parent) {
        bail!(Reason::NotTheParent { parent });
    }
    Ok(())
}
