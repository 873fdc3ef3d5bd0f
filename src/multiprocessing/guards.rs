//! The guards: they see to it that a user's command leaves no process behind, however this program
//! ends.
//!
//! There are two guards, of which either is enough. The first guard is the command's go-between: a
//! process group of its own keeps it out of Ctrl-C and `timeout -k`, it takes no signal but
//! SIGTERM, it adopts the command's orphans, and it learns of its parent's end even when it is
//! stopped. The second guard is a process in a session of its own under another name, which
//! `killall` misses. It finds the first guards and their descendants by a variable in their
//! environment.
//!
//! A user's Python program, which is to notice nothing, has the second guard only. That one finds
//! the program's processes by the run's folder in their PYTHONPATH, and removes the folder.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::Read as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use nix::sys::signal::{SigSet, SigmaskHow, Signal as Blockable};
use os_pipe::PipeWriter;
use procfs::process::all_processes;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitOptions, getpid, kill_process, pidfd_open,
    set_parent_process_death_signal, setsid, waitpid,
};
use rustix::thread::set_name;
use serde::Serialize;

use super::birth::SUBCOMMAND_NAME;
use super::child_process::cannot_start;
use super::current_process::{CurrentProcess, die_with};
use super::descendants::{self, RUN, VARIABLE, children_of, end_all, kill_trees, lock};
use super::target::Target;
use crate::events::{Because as _, Reason};

/// How long the second guard waits for the first guard to do its work.
const MERCY: Duration = Duration::from_millis(200);

/// The variable by which the second guard knows the folder of a Python program's run.
const FOLDER: &str = "MP_DEMO_FOLDER";

/// How long the second guard tries to end the processes that are left.
const LONGEST: Duration = Duration::from_secs(5);

/// Makes this process the first guard of what it starts. From now on its threads block all signals
/// but SIGTERM and SIGCHLD. Returns the signals that were blocked before.
pub(super) fn become_first(parent: u32) -> Result<SigSet> {
    let mut signals = SigSet::all();
    signals.remove(Blockable::SIGTERM);
    signals.remove(Blockable::SIGCHLD);
    let before = signals.thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
    let _ = set_name(c"guard");
    // SIGCONT lets the guard go on if it is stopped.
    die_with(parent, Signal::CONT)?;
    let parent = Pid::from_raw(parent as i32).map(|pid| pidfd_open(pid, PidfdFlags::empty()));
    // Where there are no pidfds, the guard learns of its parent's end when it next writes to the
    // log.
    if let Some(Ok(parent)) = parent {
        let guard = move || {
            while poll(&mut [PollFd::new(&parent, PollFlags::IN)], None).is_err() {}
            end_all(&[]);
            // The parent would have ended the guard the same way.
            let _ = kill_process(getpid(), Signal::KILL);
        };
        let guard = thread::Builder::new().name("guard".into()).spawn(guard);
        guard.because(|| Reason::CannotStartOwnThread {})?;
    }
    Ok(before)
}

pub(crate) struct SecondGuard {
    pid: Pid,
    /// The only write end of the second guard's stdin: the kernel closes it when this process ends,
    /// however that happens.
    _alive: PipeWriter,
}

impl SecondGuard {
    /// The guard of commands that lessons run.
    pub(crate) fn start() -> Result<SecondGuard> {
        // The guard must not inherit descriptors that the shell left open in this process.
        close_fds::set_fds_cloexec(3, &[]);
        let run = RUN.get_or_init(|| format!("{:x}", fastrand::u64(..)));
        SecondGuard::with(VARIABLE, OsStr::new(run))
    }

    /// The guard of a Python program whose run has this folder. The program inherits what the shell
    /// left open, so the guard does, too.
    pub(crate) fn of_python(folder: &Path) -> Result<SecondGuard> {
        SecondGuard::with(FOLDER, folder.as_os_str())
    }

    fn with(variable: &str, value: &OsStr) -> Result<SecondGuard> {
        let start = || {
            let (end, alive) = os_pipe::pipe()?;
            let mut command = Command::new("/proc/self/exe");
            command.arg0(Guard::NAME).args([SUBCOMMAND_NAME, Guard::NAME]).env(variable, value);
            command.stdin(end).stdout(Stdio::null()).stderr(Stdio::null());
            let pid = Pid::from_child(&descendants::start(&mut command)?);
            Ok::<_, std::io::Error>(SecondGuard { pid, _alive: alive })
        };
        let itself = Path::new("/proc/self/exe");
        start().map_err(|error| cannot_start(Guard::NAME, itself, &error, 0).into())
    }
}

impl Drop for SecondGuard {
    fn drop(&mut self) {
        let _lock = lock();
        // The guard may have been killed and reaped, and its PID be another process's.
        if children_of(getpid()).contains(&self.pid) {
            let _ = kill_process(self.pid, Signal::KILL);
            let _ = waitpid(Some(self.pid), WaitOptions::empty());
        }
    }
}

/// The second guard: ends what is left of a run when stdin comes to its end
#[derive(clap::Args, Serialize)]
pub struct Guard {}

impl Target for Guard {
    const NAME: &'static str = "guard";

    fn run(self, _: CurrentProcess) -> Result<()> {
        let _ = set_name(c"guard");
        let _ = setsid();
        SigSet::all().thread_block()?;
        // When the parent ends, SIGCONT lets the guard go on if it is stopped.
        let _ = set_parent_process_death_signal(Some(Signal::CONT));
        os_pipe::dup_stdin()?.read_to_end(&mut Vec::new())?;
        let (run, folder) = (env::var_os(VARIABLE), env::var_os(FOLDER));
        let (variable, value) = match (&folder, &run) {
            (Some(folder), _) => ("PYTHONPATH", folder),
            (None, Some(run)) => (VARIABLE, run),
            (None, None) => return Ok(()),
        };
        let start = Instant::now();
        while start.elapsed() < LONGEST {
            let left = all_with(variable, value);
            if left.is_empty() {
                break;
            }
            if start.elapsed() > MERCY {
                kill_trees(left);
            }
            thread::sleep(Duration::from_millis(5));
        }
        if let Some(folder) = folder {
            let _ = fs::remove_dir_all(folder);
        }
        Ok(())
    }
}

/// All other processes that have this value in that variable, which may be a path of several, as far
/// as they have kept it. Zombies have no environment any more.
fn all_with(variable: &str, value: &OsStr) -> Vec<Pid> {
    let others = all_processes().into_iter().flatten().flatten();
    let others = others.filter(|process| process.pid != getpid().as_raw_pid());
    let of_run = others.filter(|process| {
        let environment = process.environ().unwrap_or_default();
        let held = environment.get(OsStr::new(variable));
        held.is_some_and(|held| env::split_paths(held).any(|it| it == value))
    });
    of_run.filter_map(|process| Pid::from_raw(process.pid)).collect()
}
