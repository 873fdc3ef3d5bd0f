//! Processes that children have left behind.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitOptions, kill_process, wait};

/// Ends what children have left behind. This process has adopted it, and nobody else would wait for
/// it: children of a child that was killed, which were sent SIGKILL at that moment, or the helpers
/// of a foreign program. They get a moment to end by themselves.
pub(super) fn end_orphans(strangers: &[Pid]) {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(1) {
        while let Ok(Some(_)) = wait(WaitOptions::NOHANG) {}
        let orphans = children_of_this_process().filter(|pid| !strangers.contains(pid));
        let orphans: Vec<_> = orphans.collect();
        if orphans.is_empty() {
            return;
        }
        if start.elapsed() > Duration::from_millis(100) {
            for orphan in orphans {
                // Adopted and not waited for, so the PID is still its own.
                let _ = kill_process(orphan, Signal::KILL);
            }
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// The children of this process, whichever of its threads has started them (proc(5),
/// /proc/pid/task/tid/children). None where the kernel doesn't tell.
pub(super) fn children_of_this_process() -> impl Iterator<Item = Pid> {
    let threads = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let lists =
        threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    lists.flat_map(|list| {
        let pids = list.split_whitespace().filter_map(|pid| pid.parse().ok());
        pids.filter_map(Pid::from_raw).collect::<Vec<_>>()
    })
}
