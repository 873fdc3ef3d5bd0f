//! A lock between processes, as Python's `Lock`: a semaphore, which is 1 while it is free and 0 while somebody has it.
//!
//! CPython's is a POSIX semaphore; this one is an eventfd (eventfd(2), EFD_SEMAPHORE), a number in the kernel, for which
//! each process has a descriptor. Neither knows who has taken it. So anyone may release it, and when its holder dies, it
//! stays taken for ever. (A lock that the kernel keeps for its owner, as flock(2) does, would be free again.)

use anyhow::Result;
use rustix::event::{EventfdFlags, eventfd};
use rustix::fd::OwnedFd;
use rustix::io::{Errno, read, write};
use rustix::stdio::stdout;

use crate::both;
use crate::errors::io_error;
use crate::events::{Call, Event, Log};

/// What one read takes and one write gives back: eventfd(2) counts in 8 bytes. A FIFO that is opened for reading and writing
/// does as well, for one who starts a child by hand: `mp-demo child queue-reader --lock 1<>FIFO`, with 8 bytes in it.
type Token = [u8; 8];

/// A lock, as the parent makes it, or as a child has it: its stdout.
pub struct Lock {
    /// Nothing in a child.
    semaphore: Option<OwnedFd>,
    name: String,
    log: Log,
}

impl Lock {
    pub(super) fn new(name: String, log: &Log) -> Result<Lock> {
        let semaphore = eventfd(1, EventfdFlags::SEMAPHORE | EventfdFlags::CLOEXEC);
        let semaphore = semaphore.map_err(|error| {
            let error = io_error(&error.into());
            anyhow::anyhow!(both!("cannot make a lock: {error}", "无法创建锁：{error}"))
        })?;
        Ok(Lock {
            semaphore: Some(semaphore),
            name,
            log: log.clone(),
        })
    }

    /// The lock that this child was started with.
    pub(super) fn stdout(name: Option<String>, log: &Log) -> Lock {
        Lock {
            semaphore: None,
            name: name.unwrap_or_else(|| "lock".into()),
            log: log.clone(),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// A second descriptor for it, for a child.
    pub(super) fn try_clone(&self) -> std::io::Result<OwnedFd> {
        match &self.semaphore {
            Some(semaphore) => semaphore.try_clone(),
            None => Ok(rustix::io::dup(stdout())?),
        }
    }

    /// Acquires the lock: waits while somebody else has it.
    ///
    /// # Errors
    /// When what this process was started with is no lock.
    pub fn acquire(&self) -> Result<()> {
        let (call, on) = (Call::Acquire, Some((&*self.name).into()));
        self.log.write(Event::Wait { call, on })?;
        let mut token: Token = [0; 8];
        let taken = loop {
            let taken = match &self.semaphore {
                Some(semaphore) => read(semaphore, &mut token),
                None => read(stdout(), &mut token),
            };
            if taken != Err(Errno::INTR) {
                break taken;
            }
        };
        taken.map_err(|error| self.is_none(error))?;
        let lock = (&*self.name).into();
        self.log.write(Event::Acquired { lock })
    }

    /// Releases the lock.
    ///
    /// # Errors
    /// When what this process was started with is no lock.
    pub fn release(&self) -> Result<()> {
        let lock = (&*self.name).into();
        self.log.write(Event::Release { lock })?;
        let token: Token = 1_u64.to_ne_bytes();
        let given = match &self.semaphore {
            Some(semaphore) => write(semaphore, &token),
            None => write(stdout(), &token),
        };
        given.map(drop).map_err(|error| self.is_none(error))
    }

    fn is_none(&self, error: Errno) -> anyhow::Error {
        let error = io_error(&error.into());
        anyhow::anyhow!(both!(
            "cannot use the lock: {error}; a process that is started by hand needs one as its stdout",
            "无法使用锁：{error}；手动启动的进程要以锁作为标准输出"
        ))
    }
}
