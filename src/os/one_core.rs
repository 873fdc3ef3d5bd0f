//! One core for this process and whatever it starts.

use rustix::thread::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};

/// As long as this is there, this thread and whatever it starts run on one core.
///
/// Two processes that talk run on one core or on two, as the kernel decides from one moment to the
/// next, and that changes the time that a value takes by up to a factor of three. So a row was
/// sometimes faster than the limit below it. On one core the time is the work that both have to do,
/// and the switches between them.
pub(crate) struct OneCore {
    before: CpuSet,
}

impl OneCore {
    /// Nothing where the system refuses that.
    pub(crate) fn stay() -> Option<OneCore> {
        let before = sched_getaffinity(None).ok()?;
        let mut one = CpuSet::new();
        one.set(sched_getcpu());
        sched_setaffinity(None, &one).ok()?;
        Some(OneCore { before })
    }
}

impl Drop for OneCore {
    fn drop(&mut self) {
        // The system has allowed these cores before.
        let _ = sched_setaffinity(None, &self.before);
    }
}
