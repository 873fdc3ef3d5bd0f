//! A child process of the parent's half of a lesson.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Error, Result, anyhow, ensure};
use os_pipe::{PipeReader, PipeWriter};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use super::birth::{Birth, SUBCOMMAND_NAME};
use super::connection::PipeConnection;
use super::context::Context;
use super::queue::{GetEnd, PutEnd};
use crate::events::Event;

/// How long a process may take to die of SIGTERM. One that ignores it, or is stopped, gets SIGKILL then.
const GRACE: Duration = Duration::from_secs(1);

/// A process that is still to be started: Python's `Process(target=..., args=...)` before its `start()`.
pub struct NewProcess<'a> {
    context: &'a Context,
    role: String,
    /// Another program than this one, which is no child of a lesson: it knows nothing of the log.
    foreign: Option<PathBuf>,
    args: Vec<OsString>,
    values: Vec<OsString>,
    stdin: io::Result<Stdio>,
    stdout: io::Result<Stdio>,
}

/// A process that was started. What happens to it when the parent's half forgets it is the [`Context`]'s
/// business: nothing happens here on drop.
pub struct Process<'a> {
    context: &'a Context,
    /// Its number among the run's children.
    number: usize,
    pid: Pid,
    role: String,
}

impl<'a> NewProcess<'a> {
    pub(super) fn new(context: &'a Context, role: &str, target: &str, seed: u32) -> NewProcess<'a> {
        let mut args = vec![SUBCOMMAND_NAME.into(), target.into()];
        args.extend(Birth::to_args(
            role,
            context.log().clock_for_child(),
            seed,
            context.speed(),
        ));
        NewProcess {
            context,
            role: role.to_owned(),
            foreign: None,
            args,
            values: Vec::new(),
            // A child never touches the user's stdin, nor the terminal.
            stdin: Ok(Stdio::null()),
            stdout: Ok(Stdio::null()),
        }
    }

    pub(super) fn foreign(context: &'a Context, role: &str, program: PathBuf) -> NewProcess<'a> {
        let mut process = NewProcess::new(context, role, "", 0);
        process.foreign = Some(program);
        process.args.clear();
        process
    }

    /// Adds an option to the child's command line.
    pub fn option(mut self, name: &str, value: impl ToString) -> Self {
        self.args.extend([name.into(), value.to_string().into()]);
        self
    }

    /// Adds an option without a value, if `is_set`.
    pub fn flag(mut self, name: &str, is_set: bool) -> Self {
        self.args.extend(is_set.then(|| name.into()));
        self
    }

    /// Adds values behind all options.
    pub fn values<T: ToString>(mut self, values: impl IntoIterator<Item = T>) -> Self {
        let values = values.into_iter().map(|value| value.to_string().into());
        self.values.extend(values);
        self
    }

    /// The child puts into this queue: its stdout is one more write end of the queue's pipe.
    pub fn puts_to(mut self, end: &PutEnd<PipeWriter>) -> Self {
        self.stdout = end.try_clone_pipe().map(Stdio::from);
        self
    }

    /// The child gets from this queue: its stdin is one more read end of the queue's pipe.
    pub fn gets_from(mut self, end: &GetEnd<io::BufReader<PipeReader>>) -> Self {
        self.stdin = end.try_clone_pipe().map(Stdio::from);
        self
    }

    /// The child has this end of a pipe, and from its start on the parent has it no more.
    pub fn connection(mut self, end: PipeConnection) -> Self {
        let (receiving, sending) = end.into_pipes();
        self.stdin = Ok(receiving.map_or_else(Stdio::null, Stdio::from));
        self.stdout = Ok(sending.map_or_else(Stdio::null, Stdio::from));
        self
    }

    /// Starts the process, as Python's `Process.start()` does.
    ///
    /// # Errors
    /// When it can't be started; the sentence says how many children were running, for the run ends then.
    pub fn start(self) -> Result<Process<'a>> {
        let NewProcess { context, role, .. } = self;
        let program = self.foreign.as_ref().unwrap_or(context.program()).clone();
        let start = || {
            let mut command = Command::new(&program);
            if self.foreign.is_none() {
                command.arg0("mp-demo");
            }
            command.args(self.args);
            if !self.values.is_empty() {
                command.arg("--").args(self.values);
            }
            command.stdin(self.stdin?).stdout(self.stdout?);
            command.stderr(context.log().try_clone_pipe()?);
            context.children().start(&role, &mut command)
        };
        let (number, pid) = start().map_err(|error| {
            let running = context.children().count_running(context.log());
            let program = program.display();
            let advice = advice(&error);
            let running = match running {
                0 => "no other process was running".to_owned(),
                1 => "1 other process was running and has been ended".to_owned(),
                _ => format!("{running} other processes were running and have been ended"),
            };
            anyhow!("cannot start {role} ({program}): {error}; {running}; {advice}")
        })?;
        let process = Process {
            context,
            number,
            pid,
            role,
        };
        context.log().write(Event::Started {
            child: process.pid(),
            child_role: &process.role,
        })?;
        Ok(process)
    }
}

/// What to do when a process can't be started.
fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => {
            "put the program back where it was and run it again"
        }
        io::ErrorKind::ArgumentListTooLong => "give fewer or shorter values",
        _ => "ask for fewer processes, or raise the limit (`ulimit -u`, `ulimit -n`)",
    }
}

impl<'a> Process<'a> {
    /// A child of the run by its number.
    pub(super) fn numbered(context: &'a Context, number: usize) -> Process<'a> {
        let (pid, role) = context.children().describe(number);
        Process {
            context,
            number,
            pid,
            role,
        }
    }

    /// The process's PID.
    pub fn pid(&self) -> u32 {
        self.pid.as_raw_pid() as u32
    }

    /// Waits until the process has ended, as Python's `Process.join()` does. How it ended is judged when the
    /// run ends, not here.
    ///
    /// # Errors
    /// When the log can't be written to, or when the system can't tell how children end.
    pub fn join(&self) -> Result<()> {
        let Process { context, role, .. } = self;
        context.log().write(Event::Join {
            child: self.pid(),
            child_role: role,
        })?;
        let terminated_at = context.children().terminated_at(self.number);
        if let Some(start) = terminated_at
            && !self.ends_within(GRACE.saturating_sub(start.elapsed()))?
        {
            context.log().write(Event::Kill {
                child: self.pid(),
                child_role: role,
                message: Some(&format!(
                    "{role} (PID {}) did not end within a second of SIGTERM, so it gets SIGKILL",
                    self.pid()
                )),
            })?;
            context.children().kill(self.number);
        }
        context.children().wait(self.number, context.log())?;
        context.log().write(Event::Joined {
            child: self.pid(),
            child_role: role,
        })
    }

    /// Sends SIGTERM, as Python's `Process.terminate()` does on POSIX. It does not wait: `join` does.
    ///
    /// # Errors
    /// When the log can't be written to, or when the signal can't be sent.
    pub fn terminate(&self) -> Result<()> {
        self.context.log().write(Event::Terminate {
            child: self.pid(),
            child_role: &self.role,
        })?;
        self.context
            .children()
            .terminate(self.number, self.context.log())
    }

    fn ends_within(&self, time: Duration) -> Result<bool> {
        let pidfd = pidfd_open(self.pid, PidfdFlags::empty()).map_err(Error::from)?;
        let mut fds = [PollFd::new(&pidfd, PollFlags::IN)];
        let time = Timespec::try_from(time)?;
        loop {
            match poll(&mut fds, Some(&time)) {
                Err(Errno::INTR) => {}
                ended => return Ok(ended? > 0),
            }
        }
    }
}

/// Starts a program and waits for it by std's plain calls: no log, no list of children, nothing to end it early. What
/// remains is the limit that a [`Process`] can come near to.
///
/// # Errors
/// What the system said.
pub fn start_and_join_plainly(program: &str) -> Result<()> {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let status = command
        .status()
        .with_context(|| format!("cannot run {program}"))?;
    ensure!(status.success(), "{program} failed: {status}");
    Ok(())
}
