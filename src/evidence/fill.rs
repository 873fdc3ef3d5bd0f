//! How full a pipe is.

use std::os::fd::AsFd;
use std::os::unix::fs::FileTypeExt;

use rustix::fs::{Mode, OFlags, fstat, open};
use rustix::io::ioctl_fionread;
use rustix::pipe::fcntl_getpipe_size;

/// How full a pipe is, asked at an end of one's own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fill {
    /// The pipe's inode, which is the same at both ends.
    pub inode: u64,
    /// How many bytes are in it.
    pub bytes: u64,
    /// How many bytes it has room for. In packet mode it can be full with fewer: each write takes a
    /// slot of its own.
    pub capacity: usize,
}

impl Fill {
    /// Asks for the pipe that another process has there. For a moment this opens it for reading,
    /// which wakes nobody, and ends no wait: there is a reader already, or else the pipe would be
    /// of no interest. Nothing where the kernel doesn't tell, or if it is no pipe.
    pub fn of(pid: u32, fd: i32) -> Option<Fill> {
        let path = format!("/proc/{pid}/fd/{fd}");
        let is_pipe = std::fs::metadata(&path).ok()?.file_type().is_fifo();
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let end = is_pipe.then(|| open(path, flags, Mode::empty()))?;
        Fill::at(end.ok()?)
    }

    /// Asks at this end. Nothing if it is not the end of a pipe.
    pub fn at(end: impl AsFd) -> Option<Fill> {
        Some(Fill {
            inode: fstat(&end).ok()?.st_ino,
            bytes: ioctl_fionread(&end).ok()?,
            capacity: fcntl_getpipe_size(&end).ok()?,
        })
    }
}
