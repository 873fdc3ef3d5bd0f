//! One core for this process and whatever it starts.

use rustix::thread::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};

/// Keeps this thread and whatever it starts on one core until it is dropped.
///
/// Two processes that talk run on one core or on two, as the kernel decides from one moment to the
/// next, and that changes the time that a value takes by up to a factor of three. So mp-demo was
/// sometimes faster than the limit below it. On one core the time is the work of both processes,
/// and the switches between them.
pub(crate) struct OneCore {
    before: CpuSet,
}

impl OneCore {
    /// Chooses the core. Nothing where the system refuses it.
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
        // These cores were allowed before, so this can't fail.
        let _ = sched_setaffinity(None, &self.before);
    }
}
