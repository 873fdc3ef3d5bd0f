//! What a disk task writes to: a file in the temporary folder.

use std::fs::File;
use std::os::unix::fs::FileExt;

use anyhow::{Result, ensure};
use rustix::fs::fstatfs;

use crate::events::{Because as _, Reason, sentence};

/// The smallest write of a disk, so that a task waits more than it copies.
const BLOCK_BYTES: usize = 4096;

/// File systems that live in memory (statfs(2)): tmpfs, and its simpler brother ramfs.
const IN_MEMORY: [u32; 2] = [0x0102_1994, 0x8584_58f6];

/// A file without a name: a process that is killed leaves nothing behind.
pub struct ScratchFile(File);

impl ScratchFile {
    pub fn create() -> Result<ScratchFile> {
        let file = tempfile::tempfile().because(|| Reason::CannotMakeTemporaryFile {})?;
        Ok(ScratchFile(file))
    }

    /// Writes this many blocks over each other. Waits until the disk has each, and reads it back.
    pub fn write_and_read_back(&self, blocks: u32) -> Result<()> {
        let mut read = [0; BLOCK_BYTES];
        for number in 0..blocks {
            let written = [number as u8; BLOCK_BYTES];
            let mut exchange = || {
                // This only copies the block to the kernel's memory ...
                self.0.write_all_at(&written, 0)?;
                // ... and this waits until the disk has it (fdatasync(2)).
                self.0.sync_data()?;
                // This reads from the page cache, which only root can empty.
                self.0.read_exact_at(&mut read, 0)
            };
            exchange().because(|| Reason::CannotUseTemporaryFile {})?;
            ensure!(
                read == written,
                sentence!(
                    "the temporary file doesn't hold what was written to it",
                    "临时文件的内容与写入的不一致"
                )
            );
        }
        Ok(())
    }

    /// Whether there is no disk to wait for.
    pub fn is_in_memory(&self) -> Result<bool> {
        let file_system = fstatfs(&self.0)?.f_type;
        Ok(IN_MEMORY.contains(&(file_system as u32)))
    }
}
