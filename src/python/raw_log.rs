//! The file into which the injected code writes its records. It is a memfd: a record goes to its end
//! in one piece, which keeps the order of all processes, wakes nobody and doesn't wait for a reader.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::AsRawFd as _;
use std::path::PathBuf;
use std::process;

use rustix::fs::{FallocateFlags, MemfdFlags, SealFlags, fallocate, fcntl_add_seals, memfd_create};

/// How many bytes have been read when their memory is given back.
const GIVEN_BACK: u64 = 1 << 20;

pub struct RawLog {
    file: File,
    read: u64,
    given_back: u64,
    /// The beginning of a record of which the end is still to come.
    record: Vec<u8>,
}

impl RawLog {
    pub fn make() -> io::Result<RawLog> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let file = memfd_create("mp-demo-log", flags)?.into();
        Ok(RawLog { file, read: 0, given_back: 0, record: Vec::new() })
    }

    /// Where others open it while this process has it.
    pub fn path(&self) -> PathBuf {
        format!("/proc/{}/fd/{}", process::id(), self.file.as_raw_fd()).into()
    }

    /// How many bytes have come and are not read yet.
    pub fn waiting(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len().saturating_sub(self.read))
    }

    /// Reads so many bytes, or as many as there are, and hands each record that ends in them to
    /// `take`, without its newline.
    pub fn read(&mut self, most: u64, mut take: impl FnMut(&[u8])) -> io::Result<()> {
        let mut buffer = [0; 1 << 16];
        let end = self.read.saturating_add(most);
        while self.read < end {
            let room = buffer.len().min((end - self.read) as usize);
            let length = match self.file.read(&mut buffer[..room]) {
                Ok(0) => break,
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            self.read += length as u64;
            for piece in buffer[..length].split_inclusive(|byte| *byte == b'\n') {
                self.record.extend_from_slice(piece);
                if self.record.pop_if(|byte| *byte == b'\n').is_some() {
                    take(&self.record);
                    self.record.clear();
                }
            }
        }
        if self.read - self.given_back >= GIVEN_BACK {
            let hole = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
            fallocate(&self.file, hole, self.given_back, self.read - self.given_back)?;
            self.given_back = self.read;
        }
        Ok(())
    }
}

impl Drop for RawLog {
    /// Whoever lives on can't write any more, and holds no memory by it.
    fn drop(&mut self) {
        let _ = fcntl_add_seals(&self.file, SealFlags::GROW)
            .and_then(|()| self.file.set_len(0).map_err(|_| rustix::io::Errno::IO));
    }
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;
    use std::io::Write as _;

    use super::*;

    #[test]
    fn records_are_read_in_the_order_of_their_writes_and_writers_end_with_the_log() -> io::Result<()>
    {
        let mut log = RawLog::make()?;
        let open = || OpenOptions::new().append(true).open(log.path());
        let [mut one, mut two] = [open()?, open()?];
        one.write_all(b"first\nsec")?;
        two.write_all(b"ond\n")?;
        one.write_all(&b"x".repeat(3 << 20))?;
        let mut all = Vec::new();
        log.read(1 << 10, |it| all.push(it.to_vec()))?;
        assert_eq!(all, [b"first".to_vec(), b"second".to_vec()]);
        two.write_all(b"\n")?;
        log.read(log.waiting()?, |it| all.push(it.to_vec()))?;
        assert_eq!((all[2].len(), log.waiting()?), (3 << 20, 0));
        drop(log);
        assert_eq!(
            one.write(b"nobody reads\n").map_err(|it| it.kind()),
            Err(io::ErrorKind::PermissionDenied)
        );
        assert_eq!(one.metadata()?.len(), 0);
        Ok(())
    }
}
