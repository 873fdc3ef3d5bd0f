//! Bounds for a program that is checked. They stop a mistake, not an attack: a process that sets out
//! to escape them can, and what starts processes faster than they are counted isn't stopped.

use std::time::{Duration, Instant};

use anyhow::Result;
use rustix::process::{Pid, Resource, Rlimit, getpid, prlimit};

use crate::both;
use crate::multiprocessing::descendants::children_of;
use crate::run::Failed;

/// How many bytes of address space a process may have: 2 GiB.
const ADDRESS_SPACE: u64 = 2 << 30;

/// How many seconds of processor time a process may take.
const PROCESSOR: u64 = 20;

/// How many processes may be there at once.
const PROCESSES: usize = 64;

const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// What bounds a run, beside what bounds each of its processes.
pub(super) struct Limits {
    until: Instant,
    looked: Instant,
    /// How many descendants this process had before the run.
    before: usize,
}

impl Limits {
    /// A run that has to be over at this moment.
    pub fn until(until: Instant) -> Limits {
        Limits { until, looked: Instant::now(), before: descendants() }
    }

    /// Bounds this process, and all that it will start.
    pub fn bind(pid: u32) {
        let pid = Pid::from_raw(pid as i32);
        let bounds = [(Resource::As, ADDRESS_SPACE, 0), (Resource::Cpu, PROCESSOR, 1)];
        for (resource, most, grace) in bounds {
            let limit = Rlimit { current: Some(most), maximum: Some(most + grace) };
            // It is refused where a lower bound holds already.
            let _ = prlimit(pid, resource, limit);
        }
    }

    /// Looks, from time to time, whether the run is within its bounds.
    ///
    /// # Errors
    /// If it is not: [`Failed`].
    pub fn check(&mut self) -> Result<()> {
        if self.looked.elapsed() < BETWEEN_LOOKS {
            return Ok(());
        }
        self.looked = Instant::now();
        let processes = descendants().saturating_sub(self.before);
        let exceeded = match () {
            () if self.looked >= self.until => {
                both!("it has not ended in the time that a check has", "在检查的时限内没有结束")
            }
            () if processes > PROCESSES => both!(
                "it has {processes} processes at once, more than the {PROCESSES} that it may have",
                "同时有 {processes} 个进程，超过了允许的 {PROCESSES} 个"
            ),
            () => return Ok(()),
        };
        Err(Failed(vec![exceeded]).into())
    }
}

fn descendants() -> usize {
    let (mut count, mut pending) = (0, children_of(getpid()));
    while let Some(pid) = pending.pop() {
        count += 1;
        // Beyond this many, it doesn't matter how many there are.
        if count < PROCESSES * 4 {
            pending.extend(children_of(pid));
        }
    }
    count
}
