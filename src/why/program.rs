//! Runs a program as if it were run without mp-demo, and tells when it is stuck.

use std::ffi::OsString;
use std::io;
use std::os::fd::BorrowedFd;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use procfs::process::Process;
use rustix::io::Errno;
use rustix::process::{
    Pid, Resource, Rlimit, Signal, WaitOptions, WaitStatus, getgid, getpid, kill_process,
    set_child_subreaper, setrlimit, wait,
};
use signal_hook::low_level::emulate_default_handler;

use super::BETWEEN_LOOKS;
use super::signals::SignalPipe;
use super::watch::{Notice, Watch, children, end};
use crate::both;
use crate::events::Status;
use crate::evidence::{Family, Onlooker, Sight};
use crate::multiprocessing::descendants;
use crate::words::plain::on_one_line;

/// What to run, and how.
pub struct Supervised {
    /// The program's name and arguments.
    pub command: Vec<OsString>,
    /// How long no process may do anything before the program is diagnosed; nothing for never.
    pub patience: Option<Duration>,
    /// Which stuck programs are ended.
    pub ends: Ends,
}

/// Which programs are ended when they can't go on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    Nothing,
    /// What is stuck. What is most likely stuck is told after five times the patience, and left.
    Stuck,
    /// What is most likely stuck, too, after five times the patience.
    LikelyStuck,
}

/// What this process does beside a program that it runs. A closure only hears what is told.
pub trait Companion {
    /// Sets the program's environment and streams before it is started.
    fn prepare(&mut self, _command: &mut Command) {}

    /// The program runs; this is the PID of its first process.
    fn started(&mut self, _pid: u32) -> Result<()> {
        Ok(())
    }

    /// A descriptor that can be read when [`serve`](Companion::serve) is to be called.
    fn bell(&self) -> Option<BorrowedFd<'_>> {
        None
    }

    fn serve(&mut self) -> Result<()> {
        Ok(())
    }

    /// A signal has come that is the program's, too.
    fn signalled(&mut self, _signal: Signal) {}

    /// The program's first process, or an orphan of the program's, has ended and was reaped.
    fn reaped(&mut self, _pid: u32, _status: Status) -> Result<()> {
        Ok(())
    }

    /// Whether those who live on after the program's first process are ended.
    fn ends_survivors(&self) -> bool {
        false
    }

    fn tell(&mut self, notice: &Notice);
}

impl<F: FnMut(&Notice)> Companion for F {
    fn tell(&mut self, notice: &Notice) {
        self(notice);
    }
}

/// How a program ended.
pub enum Exit {
    /// With this wait status.
    With(WaitStatus),
    /// It could not be run, or was ended: the exit status that says so.
    As(u8),
}

/// A shell's exit statuses for a program that can't be run, and for one that isn't found.
const CANNOT_RUN: u8 = 126;
const NOT_FOUND: u8 = 127;
/// Looks take at most one part in this many of the time.
const SHARE: u32 = 20;
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Runs the program to its end, until its first process has ended.
pub fn run(program: &Supervised, companion: &mut dyn Companion) -> Result<Exit> {
    let strangers = children(&[]);
    let ended = supervise(program, companion, &strangers);
    if companion.ends_survivors() || (ended.is_err() && companion.bell().is_some()) {
        end_survivors(companion, &strangers);
    }
    ended
}

fn supervise(
    program: &Supervised,
    companion: &mut dyn Companion,
    strangers: &[u32],
) -> Result<Exit> {
    // As a subreaper, this process adopts the program's orphans, and so still sees them.
    let _ = set_child_subreaper(Some(getpid()));
    let mut signals = SignalPipe::listen()?;
    let name = program.command[0].to_string_lossy();
    let mut command = Command::new(&program.command[0]);
    command.args(&program.command[1..]);
    // A group ID makes std use fork(2) and not posix_spawn(3), which would leave two of glibc's
    // signals ignored.
    command.gid(getgid().as_raw());
    companion.prepare(&mut command);
    let child = match descendants::start(&mut command) {
        Ok(child) => Pid::from_child(&child),
        Err(error) => {
            let (name, why) = (on_one_line(&name), crate::words::errors::io_error(&error));
            let sentence = both!("cannot run {name}: {why}", "无法运行 {name}：{why}");
            companion.tell(&Notice::CannotRun(sentence));
            return Ok(Exit::As(match error.kind() {
                io::ErrorKind::NotFound => NOT_FOUND,
                _ => CANNOT_RUN,
            }));
        }
    };
    // This closes what only the program is to hold.
    drop(command);
    signals.listen_for_children()?;
    let root = child.as_raw_pid() as u32;
    companion.started(root)?;
    let mut watch = Watch::new(program, strangers, root);
    let mut pause = BETWEEN_LOOKS;
    let mut looked = Instant::now();
    loop {
        match reap(child, &mut watch, companion)? {
            Some(status) if status.stopped() => stop_too(child),
            Some(status) => return Ok(Exit::With(status)),
            None => {}
        }
        let left = program.patience.map(|_| pause.saturating_sub(looked.elapsed()));
        signals.wait(left, child, companion)?;
        if program.patience.is_some() && looked.elapsed() >= pause {
            let start = Instant::now();
            watch.look(companion);
            pause = BETWEEN_LOOKS.max(start.elapsed() * SHARE);
            if program.ends == Ends::LikelyStuck {
                // Here somebody waits for the answer, however slow the machine is.
                pause = pause.min(LONGEST_PAUSE);
            }
            looked = Instant::now();
        }
    }
}

/// Ends and reaps all that the program has left.
fn end_survivors(companion: &mut dyn Companion, strangers: &[u32]) {
    let family = Sight::of_family(&Family::Descendants(children(strangers)), Onlooker::Process);
    end(&family.family().map(|look| (look.pid, look.started)).collect::<Vec<_>>());
    while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
        let status = Status::from_wait_status(status.as_raw());
        // Its failure, if any, is not the first one.
        let _ = companion.reaped(pid.as_raw_pid() as u32, status);
    }
    // Whoever was started meanwhile.
    let strangers = strangers.iter().filter_map(|pid| Pid::from_raw(*pid as i32));
    descendants::end_orphans(&strangers.collect::<Vec<_>>());
}

/// Reaps all children that have ended, and returns the program's status if it has ended or is
/// stopped.
fn reap(
    program: Pid,
    watch: &mut Watch,
    companion: &mut dyn Companion,
) -> Result<Option<WaitStatus>> {
    // A child that has died since the last look is seen here, before it is reaped.
    loop {
        match wait(WaitOptions::NOHANG | WaitOptions::UNTRACED) {
            Ok(Some((pid, status))) if pid == program && status.stopped() => {
                return Ok(Some(status));
            }
            Ok(Some((pid, wait_status))) if !wait_status.stopped() => {
                let is_program = pid == program;
                let pid = pid.as_raw_pid() as u32;
                let status = Status::from_wait_status(wait_status.as_raw());
                companion.reaped(pid, status)?;
                if is_program {
                    return Ok(Some(wait_status));
                }
                watch.reaped(pid, status);
            }
            Ok(Some(_)) => {}
            Ok(None) => return Ok(None),
            Err(Errno::CHILD) => bail!(both!(
                "the program is gone, and it isn't known how it ended",
                "程序已经不在了，不知道是怎样结束的"
            )),
            Err(error) => {
                return Err(error).with_context(cannot_wait);
            }
        }
    }
}

/// Stops this process when the program is stopped, so that the shell's prompt comes back. Not
/// without a terminal: there nobody would send SIGCONT.
fn stop_too(program: Pid) {
    let stat = Process::myself().and_then(|it| it.stat());
    if stat.is_ok_and(|it| it.tty_nr != 0) {
        let _ = kill_process(getpid(), Signal::STOP);
        let _ = kill_process(program, Signal::CONT);
    }
}

/// Ends this process as the program has ended: with its exit status, or by the same signal.
pub fn end_as(ended: Exit) -> ExitCode {
    let status = match ended {
        Exit::As(status) => return ExitCode::from(status),
        Exit::With(status) => status,
    };
    if let Some(code) = status.exit_status() {
        return ExitCode::from(code as u8);
    }
    let signal = status.terminating_signal().unwrap_or_default();
    // This process dumps no core: the program's own is enough.
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let _ = setrlimit(Resource::Core, none);
    let _ = emulate_default_handler(signal);
    // For a signal that doesn't end this process, a shell's exit status for it.
    ExitCode::from((128 + signal) as u8)
}

pub(super) fn cannot_wait() -> String {
    both!("cannot wait for the program", "无法等待程序结束")
}
