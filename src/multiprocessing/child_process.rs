//! A child process of the parent's half of a lesson.

use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, WaitIdStatus, waitid};

use super::birth::{Birth, SUBCOMMAND_NAME};
use super::descendants;
use super::new_process::NewProcess;
use super::parent::Parent;
use crate::both;
use crate::events::{Event, Named, Reason, Status};
use crate::words::locale;

/// How long a process may take to die of SIGTERM or SIGINT. A process that ignores the signal, or
/// is stopped, gets SIGKILL after that.
const GRACE: Duration = Duration::from_secs(1);

/// A process that was started. If the parent's half doesn't join it, the
/// [`Context`](super::Context) joins or kills it at the end of the run.
pub struct ChildProcess {
    parent: Arc<Parent>,
    number: usize,
    pid: Pid,
    role: String,
    /// The user's command that the process runs, if any.
    command: Option<String>,
    /// How long the process may take to end after SIGTERM or SIGINT.
    grace: Duration,
}

/// Several processes that play the same part.
pub struct ChildProcesses(pub(super) Vec<ChildProcess>);

impl ChildProcess {
    /// Starts a process, as Python's `Process.start()` does.
    #[track_caller]
    pub(super) fn start(
        parent: &Arc<Parent>,
        role: &str,
        seed: u32,
        process: NewProcess,
    ) -> Result<ChildProcess> {
        let NewProcess {
            target,
            words,
            is_foreign,
            command: users_command,
            is_go_between,
            outlives_parent,
            stdin,
            stdout,
        } = process;
        let mut words = words?;
        let birth = Birth {
            role: Some(role.to_owned()),
            // A child that is given its parent's PID dies with the parent.
            parent: (!outlives_parent).then(std::process::id),
            epoch: parent.log.epoch_for_child(),
            stdin: stdin.name,
            stdout: stdout.name,
            // A child has the same locale, so the language is passed only if it differs from the
            // locale's.
            lang: Some(locale::chosen()).filter(|chosen| *chosen != locale::of_environment()),
            seed: Some(seed.into()),
            speed: Some(parent.speed).filter(|speed| *speed != 1.0),
        };
        words.add(&birth)?;
        let mut command = Command::new(&parent.program);
        command.arg0("mp-demo").args([SUBCOMMAND_NAME, target]);
        command.args(words.options);
        if !words.values.is_empty() {
            command.arg("--").args(words.values);
        }
        if is_go_between {
            descendants::mark(&mut command);
        }
        let start = || {
            command.stdin((stdin.open)()?).stdout((stdout.open)()?);
            command.stderr(parent.log.try_clone_pipe()?);
            parent.children.start(role, &mut command, is_go_between)
        };
        let (number, pid) = start().map_err(|error| {
            let running = parent.children.count_running(&parent.log);
            cannot_start(role, &parent.program, &error, running)
        })?;
        let process = ChildProcess {
            parent: Arc::clone(parent),
            number,
            pid,
            role: role.to_owned(),
            command: users_command.clone(),
            grace: GRACE * (1 + u32::from(is_go_between)),
        };
        parent.log.write(Event::Started {
            child: process.pid(),
            child_role: role.into(),
            foreign: is_foreign,
            command: users_command.map(Into::into),
            stdin: birth.stdin.map(Into::into),
            stdout: birth.stdout.map(Into::into),
            method: None,
            daemon: None,
            library: None,
        })?;
        Ok(process)
    }

    pub(super) fn numbered(parent: &Arc<Parent>, number: usize) -> ChildProcess {
        let (pid, role) = parent.children.describe(number);
        ChildProcess { parent: Arc::clone(parent), number, pid, role, command: None, grace: GRACE }
    }

    pub fn pid(&self) -> u32 {
        self.pid.as_raw_pid() as u32
    }

    pub(super) fn role(&self) -> &str {
        &self.role
    }

    pub(super) fn named(&self) -> Named {
        Named { role: self.role.clone(), pid: self.pid(), command: self.command.clone() }
    }

    /// Waits until the process has ended, at most until `end`, and reaps it.
    pub(super) fn ends_before(&self, end: Instant) -> Result<bool> {
        self.parent.children.ends_before(self.number, end, &self.parent.log)
    }

    /// Waits until the process has ended, as Python's `Process.join()` does. How it ended is judged
    /// when the run ends, not here.
    #[track_caller]
    pub fn join(&self) -> Result<()> {
        let ChildProcess { parent, role, .. } = self;
        parent.log.write(Event::Join { child: self.pid(), child_role: role.into() })?;
        if let Some((start, signal)) = parent.children.terminated_at(self.number)
            && !self.ends_before(start + self.grace)?
        {
            self.tell_and_kill(Some(Reason::Outlived {
                process: self.named(),
                signal: signal.as_raw(),
                seconds: self.grace.as_secs(),
            }))?;
        }
        parent.children.wait(self.number, &parent.log)?;
        parent.log.write(Event::Joined { child: self.pid(), child_role: role.into() })
    }

    /// Whether a signal has ended the process, whose pipe has just come to EOF. The kernel closes a
    /// process's pipes before wait(2) sees its end, so this may take a moment. The process isn't
    /// reaped, and nothing is logged.
    pub fn was_killed(&self) -> bool {
        let start = Instant::now();
        while start.elapsed() < GRACE {
            match self.end_unreaped() {
                Ok(Some(ended)) => return ended.killed() || ended.dumped(),
                Ok(None) => thread::sleep(Duration::from_millis(1)),
                Err(_) => return false,
            }
        }
        false
    }

    fn end_unreaped(&self) -> rustix::io::Result<Option<WaitIdStatus>> {
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        waitid(WaitId::Pid(self.pid), look)
    }

    /// Waits until the process has ended, and leaves it a zombie, as Python's
    /// `multiprocessing.connection.wait()` does with its `sentinel`: only a `join()` reaps it.
    pub fn wait_for_sentinel(&self) -> Result<()> {
        let has_ended = || !matches!(self.end_unreaped(), Ok(None));
        self.parent.children.wait_and_reap_nobody(None, has_ended)
    }

    /// Ends the process at once, as Python's `Process.kill()` does. It does not wait: `join` does.
    #[track_caller]
    pub fn kill(&self) -> Result<()> {
        self.tell_and_kill(None)
    }

    /// Kills the process and joins it. The log and the user are told why.
    #[track_caller]
    pub fn kill_because(&self, why: Reason) -> Result<()> {
        self.tell_and_kill(Some(why))?;
        self.join()
    }

    #[track_caller]
    fn tell_and_kill(&self, why: Option<Reason>) -> Result<()> {
        let ChildProcess { parent, role, .. } = self;
        parent.log.write(Event::Kill {
            child: self.pid(),
            child_role: role.into(),
            why: why.map(Into::into),
        })?;
        parent.children.kill(self.number);
        Ok(())
    }

    /// Sends SIGTERM, as Python's `Process.terminate()` does on POSIX. It does not wait: `join`
    /// does.
    #[track_caller]
    pub fn terminate(&self) -> Result<()> {
        let ChildProcess { parent, role, .. } = self;
        parent.log.write(Event::Terminate { child: self.pid(), child_role: role.into() })?;
        parent.children.signal(self.number, Signal::TERM, &parent.log)
    }

    /// Sends SIGINT, as Ctrl-C does: in Python `os.kill(pid, signal.SIGINT)`. It does not wait:
    /// `join` does.
    #[track_caller]
    pub fn interrupt(&self) -> Result<()> {
        let ChildProcess { parent, role, .. } = self;
        parent.log.write(Event::Interrupt { child: self.pid(), child_role: role.into() })?;
        parent.children.signal(self.number, Signal::INT, &parent.log)
    }

    /// How the process ended, if it was joined: in Python `exitcode`.
    pub fn status(&self) -> Option<Status> {
        self.parent.children.status(self.number)
    }
}

impl ChildProcesses {
    pub fn count(&self) -> usize {
        self.0.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = &ChildProcess> {
        self.0.iter()
    }

    /// Joins each of them, one after the other: it has waited for all when it returns.
    #[track_caller]
    pub fn join(&self) -> Result<()> {
        for process in self.iter() {
            process.join()?;
        }
        Ok(())
    }

    /// Sends SIGTERM to each of them, and waits for none.
    #[track_caller]
    pub fn terminate(&self) -> Result<()> {
        for process in self.iter() {
            process.terminate()?;
        }
        Ok(())
    }
}

/// Why a process can't be started while so many others run.
pub(super) fn cannot_start(role: &str, file: &Path, error: &io::Error, running: usize) -> Reason {
    let is_missing = error.kind() == io::ErrorKind::NotFound;
    Reason::CannotStart {
        role: role.into(),
        file: file.display().to_string(),
        errno: error.raw_os_error(),
        running: running as u64,
        no_null: is_missing && !Path::new("/dev/null").exists(),
    }
}

/// Starts a program and waits for it with std alone: no log, no table of children, nothing to end
/// it early. This is the limit below a [`ChildProcess`].
pub fn start_and_join_plainly(program: &str) -> Result<()> {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let child = descendants::start(&mut command);
    let status = child.and_then(|mut child| child.wait());
    let status = status.with_context(|| both!("cannot run {program}", "无法运行 {program}"))?;
    ensure!(status.success(), "{program} failed: {status}");
    Ok(())
}
