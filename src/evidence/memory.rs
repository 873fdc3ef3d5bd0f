//! The memory of another process.

use std::io::{Read, Seek, SeekFrom};

use procfs::process::Process;

/// A path is no longer than this.
const LONGEST_PATH: usize = 4096;
const PAGE: u64 = 4096;

/// These bytes of its memory. Nothing where the kernel doesn't tell, or where there is nothing.
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
    // What follows the page of the last byte may not be readable.
    let mut room = (PAGE - address % PAGE) as usize;
    let mut all = Vec::new();
    while all.len() < LONGEST_PATH {
        let mut some = vec![0; room];
        memory.read_exact(&mut some).ok()?;
        if let Some(end) = some.iter().position(|byte| *byte == 0) {
            all.extend(&some[..end]);
            return Some(String::from_utf8_lossy(&all).into_owned());
        }
        all.extend(some);
        room = PAGE as usize;
    }
    None
}
