//! A lock between processes, as Python's `Lock`: a semaphore, which is 1 while it is free and 0
//! while a process holds it.
//!
//! CPython's is a POSIX semaphore; this one is an eventfd (eventfd(2), EFD_SEMAPHORE), a number in
//! the kernel, for which each process has a descriptor. Neither semaphore knows its holder. So any
//! process may release it, and when the holder dies, it stays taken for ever.
//!
//! The kernel keeps a lock on a file, flock(2), for its holder: when the holder dies, the lock is
//! free again.

use std::cell::Cell;
use std::fs::File;

use anyhow::Result;
use rustix::event::{EventfdFlags, eventfd};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::{Errno, read, retry_on_intr, write};
use rustix::stdio::stdout;

use crate::events::{Because as _, Call, Event, Log, Reason};

/// The 8 bytes that one read takes and one write gives back (eventfd(2)). For a child started by
/// hand, a FIFO opened for reading and writing does as well: `mp-demo child queue-reader --lock
/// 1<>FIFO`, with 8 bytes in it.
type Token = [u8; 8];

/// A lock's name in the log where it matters that it is a semaphore.
pub(super) const SEMAPHORE: &str = "semaphore";

/// A lock's name in the log where it is one on a file, flock(2).
pub const FLOCK: &str = "flock";

pub struct Lock {
    descriptor: Descriptor,
    name: String,
    log: Log,
    /// Whether the lock's events are no longer logged.
    is_silent: Cell<bool>,
}

enum Descriptor {
    Semaphore(OwnedFd),
    /// A child's semaphore: its stdout.
    Stdout,
    File(File),
}

impl AsFd for Descriptor {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Descriptor::Semaphore(semaphore) => semaphore.as_fd(),
            Descriptor::Stdout => stdout(),
            Descriptor::File(file) => file.as_fd(),
        }
    }
}

impl Lock {
    pub(super) fn new(name: String, log: &Log) -> Result<Lock> {
        let semaphore = eventfd(1, EventfdFlags::SEMAPHORE | EventfdFlags::CLOEXEC);
        let errno = |error: Errno| Reason::CannotMakeLock { errno: error.raw_os_error() };
        let semaphore = semaphore.map_err(errno)?;
        Ok(Lock::of(Descriptor::Semaphore(semaphore), name, log))
    }

    fn of(descriptor: Descriptor, name: String, log: &Log) -> Lock {
        Lock { descriptor, name, log: log.clone(), is_silent: Cell::new(false) }
    }

    /// The kernel's lock on this open file description.
    pub(super) fn on_file(file: File, log: &Log) -> Lock {
        Lock::of(Descriptor::File(file), FLOCK.into(), log)
    }

    pub(super) fn stdout(name: Option<String>, log: &Log) -> Lock {
        let name = name.unwrap_or_else(|| "lock".into());
        Lock::of(Descriptor::Stdout, name, log)
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// From now on the lock's events are not logged: the first of thousands of turns say enough,
    /// and logging all would take longer than the turns themselves.
    pub fn silence(&self) {
        self.is_silent.set(true);
    }

    #[track_caller]
    fn tell(&self, event: Event) -> Result<()> {
        match self.is_silent.get() {
            true => Ok(()),
            false => self.log.write(event),
        }
    }

    pub(super) fn try_clone(&self) -> std::io::Result<OwnedFd> {
        self.descriptor.as_fd().try_clone_to_owned()
    }

    /// Acquires the lock; waits while another process holds it. A child started by hand may have
    /// something else than a lock on its stdout.
    #[track_caller]
    pub fn acquire(&self) -> Result<()> {
        let (call, on) = (Call::Acquire, Some((&*self.name).into()));
        self.tell(Event::Wait { call, on })?;
        if let Descriptor::File(file) = &self.descriptor {
            file.lock().because(cannot_use)?;
        } else {
            let mut token: Token = [0; 8];
            let taken = retry_on_intr(|| read(&self.descriptor, &mut token)).map_err(is_none)?;
            // A read from a semaphore has 8 bytes; one from /dev/null, or at EOF of a file, has
            // fewer.
            if taken < token.len() {
                return Err(is_none(Errno::INVAL));
            }
        }
        let lock = (&*self.name).into();
        self.tell(Event::Acquired { lock })
    }

    #[track_caller]
    pub fn release(&self) -> Result<()> {
        let lock = (&*self.name).into();
        self.tell(Event::Release { lock })?;
        if let Descriptor::File(file) = &self.descriptor {
            return file.unlock().because(cannot_use);
        }
        let token: Token = 1_u64.to_ne_bytes();
        write(&self.descriptor, &token).map(drop).map_err(is_none)
    }
}

fn cannot_use() -> Reason {
    Reason::CannotUseLock {}
}

fn is_none(error: Errno) -> anyhow::Error {
    Reason::NoLock { errno: error.raw_os_error() }.into()
}
