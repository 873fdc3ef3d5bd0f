//! The memory of another process.

use std::io::{BufRead as _, BufReader, Read as _, Seek, SeekFrom};

use procfs::process::Process;

/// The longest path, in bytes (PATH_MAX).
const LONGEST_PATH: u64 = 4096;

/// Reads bytes of a process's memory. Nothing where the kernel doesn't allow it, or nothing is
/// mapped.
pub(super) fn bytes(process: &Process, address: u64, length: usize) -> Option<Vec<u8>> {
    let mut memory = process.mem().ok()?;
    memory.seek(SeekFrom::Start(address)).ok()?;
    let mut bytes = vec![0; length];
    memory.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

/// The text at this address, up to its zero byte.
pub(super) fn text(process: &Process, address: u64) -> Option<String> {
    let mut memory = process.mem().ok()?;
    memory.seek(SeekFrom::Start(address)).ok()?;
    let mut text = Vec::new();
    // (The kernel reads as far as there is memory.)
    BufReader::new(memory.take(LONGEST_PATH)).read_until(0, &mut text).ok()?;
    (text.pop() == Some(0)).then(|| String::from_utf8_lossy(&text).into_owned())
}
