//! All descendants of this process, not only its children, and how they are ended.

use std::io;
use std::mem;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};
use std::thread;
use std::time::{Duration, Instant};

use procfs::process::Process;
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitOptions, getpid, kill_process, pidfd_open, pidfd_send_signal, wait,
};

/// The variable by which the second guard knows whom the run has started. Its value is the run's.
pub(super) const VARIABLE: &str = "MP_DEMO_RUN";

/// The value for the runs of this process, once there is a second guard.
pub(super) static RUN: OnceLock<String> = OnceLock::new();

/// How long orphans have to end by themselves: the helpers of a foreign program, say.
const MERCY: Duration = Duration::from_millis(100);

/// How long the end of all orphans may take. A killed process that waits for a device lives on for
/// a while.
const LONGEST: Duration = Duration::from_secs(2);

/// A thread holds this lock while it starts or reaps a child, or signals one by its PID: until a
/// child is reaped, its PID is its own.
static CHILDREN: Mutex<()> = Mutex::new(());

pub(super) fn lock() -> MutexGuard<'static, ()> {
    CHILDREN.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn start(command: &mut Command) -> io::Result<Child> {
    let _lock = lock();
    command.spawn()
}

/// The child will be in a process group of its own, and its descendants bear the mark of the run.
pub(super) fn mark(command: &mut Command) {
    command.process_group(0);
    command.envs(RUN.get().map(|run| (VARIABLE, run)));
}

/// Ends the orphans that children have left behind. This process has adopted them, and nobody else
/// would reap them. `strangers` are children that are to be left alone.
pub(crate) fn end_orphans(strangers: &[Pid]) {
    let start = Instant::now();
    while start.elapsed() < LONGEST {
        let lock = lock();
        if clear(strangers, start.elapsed() > MERCY) {
            return;
        }
        drop(lock);
        thread::sleep(Duration::from_millis(1));
    }
}

/// Returns a function that ends and reaps at once all that this process starts from now on.
pub(crate) fn ends_all() -> impl Fn() + Send + 'static {
    // Children that this process has before it starts any: those of a shell that became this
    // program by `exec`.
    let strangers = children_of(getpid());
    move || end_all(&strangers)
}

/// Ends and reaps all descendants at once, because this process is about to end itself: from now on
/// none of its threads starts or reaps a child.
pub(super) fn end_all(strangers: &[Pid]) {
    mem::forget(lock_at_last(strangers));
    let start = Instant::now();
    while !clear(strangers, true) && start.elapsed() < LONGEST {
        thread::sleep(Duration::from_millis(1));
    }
}

/// Waits for the lock, which a thread may hold that is starting a child: such a thread goes on only
/// after the child's exec, and the child may have been stopped before that. So children are
/// continued until the lock is free.
fn lock_at_last(strangers: &[Pid]) -> MutexGuard<'static, ()> {
    loop {
        match CHILDREN.try_lock() {
            Ok(lock) => return lock,
            Err(TryLockError::Poisoned(lock)) => return lock.into_inner(),
            Err(TryLockError::WouldBlock) => {}
        }
        for pid in children_of(getpid()).into_iter().filter(|pid| !strangers.contains(pid)) {
            // Without the lock, a PID in the list may be another process's by now. A pidfd's
            // process doesn't change: it is a child if its PID is in the list again.
            let Ok(pidfd) = pidfd_open(pid, PidfdFlags::empty()) else { continue };
            if children_of(getpid()).contains(&pid) {
                let _ = pidfd_send_signal(&pidfd, Signal::CONT);
            }
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// Reaps the children that have ended, and kills the others if `kills`. Returns whether none is
/// left.
fn clear(strangers: &[Pid], kills: bool) -> bool {
    while let Ok(Some(_)) = wait(WaitOptions::NOHANG) {}
    let mut left = children_of(getpid());
    left.retain(|pid| !strangers.contains(pid));
    let is_clear = left.is_empty();
    if kills {
        kill_trees(left);
    }
    is_clear
}

/// Kills these processes and all their descendants. Each process is stopped before its children are
/// looked for, so that it starts no more. Children are killed before their parents, so that a
/// parent that tidies up can still do so when this process is killed meanwhile.
pub(super) fn kill_trees(roots: Vec<Pid>) {
    let (mut found, mut pending) = (Vec::new(), roots);
    while let Some(pid) = pending.pop() {
        // A process that this one may not signal can have children that it may signal.
        let _ = kill_process(pid, Signal::STOP);
        found.push(pid);
        pending.extend(children_of(pid));
    }
    for pid in found.into_iter().rev() {
        let _ = kill_process(pid, Signal::KILL);
    }
}

/// The children of a process, whichever of its threads has started them (proc(5),
/// /proc/pid/task/tid/children). None where the kernel doesn't tell.
pub(crate) fn children_of(parent: Pid) -> Vec<Pid> {
    let tasks = Process::new(parent.as_raw_pid()).and_then(|process| process.tasks());
    let children = tasks.into_iter().flatten().flatten().filter_map(|task| task.children().ok());
    children.flatten().filter_map(|pid| Pid::from_raw(pid as i32)).collect()
}
