//! Whether the process that looks is one of those that are looked at.

use std::collections::HashSet;

use rustix::process::Signal;

use super::look::Snapshot;
use super::signals::bit;
use crate::os::interrupt;

/// The part that this process has in the family it looks at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Onlooker<'a> {
    /// It is no member: what it holds doesn't count.
    Process,
    /// It is a member, without its main thread, which looks, and without these children.
    MainThread(&'a HashSet<u32>),
}

impl Onlooker<'_> {
    /// Whether `pid` is this process and no member of the family.
    pub(super) fn is_stranger(self, pid: u32) -> bool {
        self == Onlooker::Process && pid == std::process::id()
    }

    /// Looks at the process `pid`, without what is no part of the family.
    pub(super) fn look(self, pid: u32) -> Option<Snapshot> {
        if self.is_stranger(pid) {
            return None;
        }
        let mut look = Snapshot::at(pid)?;
        if let Onlooker::MainThread(strangers) = self
            && pid == std::process::id()
        {
            look.threads.retain(|it| it.tid as u32 != pid && it.name != interrupt::THREAD);
            // Other signals are caught for the main thread.
            look.catches &= bit(Signal::CHILD.as_raw());
            look.handles = 0;
            look.children.retain(|child| !strangers.contains(child));
        }
        Some(look)
    }
}
