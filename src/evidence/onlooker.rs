//! Who looks.

use std::collections::HashSet;

use rustix::process::Signal;

use super::look::Snapshot;
use super::signals::bit;
use crate::os::interrupt;

/// What this process has to do with those that it looks at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Onlooker<'a> {
    /// Nothing: what it holds counts for nothing.
    Process,
    /// It is one of them, but for its main thread, which looks, and for these children of it.
    MainThread(&'a HashSet<u32>),
}

impl Onlooker<'_> {
    /// Whether this process is not among those that it looks at.
    pub(super) fn is_stranger(self, pid: u32) -> bool {
        self == Onlooker::Process && pid == std::process::id()
    }

    /// Looks at this process.
    pub(super) fn look(self, pid: u32) -> Option<Snapshot> {
        if self.is_stranger(pid) {
            return None;
        }
        let mut look = Snapshot::at(pid)?;
        if let Onlooker::MainThread(strangers) = self
            && pid == std::process::id()
        {
            look.threads.retain(|it| it.tid as u32 != pid && it.name != interrupt::THREAD);
            // What else it catches is for that thread.
            look.catches &= bit(Signal::CHILD.as_raw());
            look.handles = 0;
            look.children.retain(|child| !strangers.contains(child));
        }
        Some(look)
    }
}
