//! How full a pipe is.

use std::os::fd::AsFd;
use std::os::unix::fs::FileTypeExt;

use rustix::fs::{Mode, OFlags, fstat, open};
use rustix::io::ioctl_fionread;
use rustix::pipe::fcntl_getpipe_size;

/// How full a pipe is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fill {
    /// The pipe's inode, which is the same at both ends.
    pub inode: u64,
    /// How many bytes are in it.
    pub bytes: u64,
    /// How many bytes it has room for. In packet mode a pipe can be full with fewer bytes: each
    /// write takes a slot of its own.
    pub capacity: usize,
}

impl Fill {
    /// The fill of the pipe that is another process's descriptor `fd`. This opens the pipe for
    /// reading for a moment, which wakes nobody and ends no wait: a pipe without a reader would be
    /// of no interest. Nothing where the kernel doesn't tell, or if `fd` is no pipe.
    pub fn of(pid: u32, fd: i32) -> Option<Fill> {
        let path = format!("/proc/{pid}/fd/{fd}");
        let is_pipe = std::fs::metadata(&path).ok()?.file_type().is_fifo();
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let end = is_pipe.then(|| open(path, flags, Mode::empty()))?;
        Fill::at(end.ok()?)
    }

    /// The fill of the pipe that has this end. Nothing if `end` is not the end of a pipe.
    pub fn at(end: impl AsFd) -> Option<Fill> {
        Some(Fill {
            inode: fstat(&end).ok()?.st_ino,
            bytes: ioctl_fionread(&end).ok()?,
            capacity: fcntl_getpipe_size(&end).ok()?,
        })
    }
}
