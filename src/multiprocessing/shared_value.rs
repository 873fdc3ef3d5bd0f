//! A number that several processes share, as Python's `Value('Q', lock=False)`: 8 bytes of memory
//! that each of them sees.
//!
//! It is a file without a name in memory (memfd_create(2)), read and written at offset 0. With
//! mmap(2) the number would have an address; Rust calls that unsafe, because of the very data race
//! that this value is there to show.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::thread;

use anyhow::Result;
use rustix::fs::{MemfdFlags, memfd_create};

use super::lock::Lock;
use super::logs::Logs;
use crate::events::{Because as _, Call, Reason};

/// The name in the log for waits at the gate, which opens for all processes at once. It is no lock,
/// although a process waits there in the same way.
pub const GATE: &str = "gate";

/// The offset of the number in the file, and that of the count of processes that have arrived in
/// `meet`.
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

    /// The kernel's lock on this open file description. When the holder dies, the description is
    /// closed, and the lock is free.
    pub fn file_lock(&self, process: &impl Logs) -> Result<Lock> {
        Ok(Lock::on_file(self.file.try_clone()?, process.log()))
    }

    /// Closes the gate at which children wait for each other, until it is opened.
    pub fn close_gate(&self) -> Result<()> {
        self.file.lock().because(cannot_lock)
    }

    /// Lets all processes at the gate go at the same time.
    pub fn open_gate(&self) -> Result<()> {
        self.file.unlock().because(cannot_lock)
    }

    #[track_caller]
    pub fn pass_gate(&self, process: &impl Logs) -> Result<()> {
        process.waits(Call::Acquire, GATE)?;
        // The gate's lock again, but shared: all waiting processes get it together, and release it.
        self.file.lock_shared().because(cannot_lock)?;
        self.open_gate()
    }

    /// Waits until this many processes have called `meet`.
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
