//! A number that several processes share, as Python's `Value('Q', lock=False)`: 8 bytes of memory
//! that each of them sees.
//!
//! It is a file without a name that lies in memory (memfd_create(2)), to be read and written at
//! offset 0. One could map it and have the number at an address; Rust calls that unsafe, with good
//! reason, for that is what this is about.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::thread;

use anyhow::Result;
use rustix::fs::{MemfdFlags, memfd_create};

use super::lock::Lock;
use super::logs::Logs;
use crate::events::{Because as _, Call, Reason};

/// What is called so in the log is no lock, although one waits there in the same way: a gate that
/// opens for all at once.
pub const GATE: &str = "gate";

/// Where the number is in the file, and behind it how many have come to meet.
const VALUE: u64 = 0;
const ARRIVED: u64 = 8;

pub struct SharedValue {
    file: File,
}

impl SharedValue {
    pub(super) fn new() -> Result<SharedValue> {
        let file = memfd_create("shared value", MemfdFlags::CLOEXEC);
        let file = file.map_err(io::Error::from).because(|| Reason::CannotMakeMemoryFile {})?;
        let value = SharedValue { file: file.into() };
        value.write(0)?;
        Ok(value)
    }

    /// The file that this child was started with as its stdin, opened once more.
    ///
    /// A lock on a file (flock(2)) belongs to an opening of the file, and the stdin of all children
    /// is one and the same: if they used that, they would have the lock together.
    pub(super) fn open() -> Result<SharedValue> {
        let file = File::options().read(true).write(true).open("/proc/self/fd/0");
        let file = file.because(|| Reason::NoSharedFile {})?;
        Ok(SharedValue { file })
    }

    pub(super) fn try_clone(&self) -> io::Result<File> {
        self.file.try_clone()
    }

    /// An empty file is 0.
    pub fn read(&self) -> Result<u64> {
        self.read_at(VALUE)
    }

    pub fn write(&self, value: u64) -> Result<()> {
        self.write_at(value, VALUE)
    }

    /// The lock that the kernel has for this opening of the file. When its holder dies, the opening
    /// is closed, and the lock is free.
    pub fn file_lock(&self, process: &impl Logs) -> Result<Lock> {
        Ok(Lock::on_file(self.file.try_clone()?, process.log()))
    }

    /// Closes the gate at which children wait for each other, until it is opened.
    pub fn close_gate(&self) -> Result<()> {
        self.file.lock().because(cannot_lock)
    }

    /// Lets them all go at the same time.
    pub fn open_gate(&self) -> Result<()> {
        self.file.unlock().because(cannot_lock)
    }

    #[track_caller]
    pub fn pass_gate(&self, process: &impl Logs) -> Result<()> {
        process.waits(Call::Acquire, GATE)?;
        // It is the same lock as the other one, but shared: all who wait get it together, and give
        // it back.
        self.file.lock_shared().because(cannot_lock)?;
        self.open_gate()
    }

    /// Waits until this many processes have come here.
    pub fn meet(&self, processes: u16) -> Result<()> {
        self.close_gate()?;
        let arrived = self.read_at(ARRIVED)?.wrapping_add(1);
        self.write_at(arrived, ARRIVED)?;
        self.open_gate()?;
        while self.read_at(ARRIVED)? < u64::from(processes) {
            thread::yield_now();
        }
        Ok(())
    }

    fn read_at(&self, offset: u64) -> Result<u64> {
        let mut bytes = [0; 8];
        self.file.read_at(&mut bytes, offset).because(|| Reason::CannotReadShared {})?;
        Ok(u64::from_ne_bytes(bytes))
    }

    fn write_at(&self, value: u64, offset: u64) -> Result<()> {
        let written = self.file.write_all_at(&value.to_ne_bytes(), offset);
        written.because(|| Reason::CannotWriteShared {})
    }
}

fn cannot_lock() -> Reason {
    Reason::CannotLockShared {}
}
