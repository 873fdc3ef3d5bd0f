//! How full a pipe is.

use std::os::fd::AsFd;

use rustix::fs::fstat;
use rustix::io::ioctl_fionread;
use rustix::pipe::fcntl_getpipe_size;

/// How full a pipe is, asked at an end of one's own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fill {
    /// The pipe's inode, which is the same at both ends.
    pub inode: u64,
    /// How many bytes are in it.
    pub bytes: u64,
    /// How many bytes it has room for. In packet mode it can be full with fewer: each write takes a slot of its own.
    pub capacity: usize,
}

impl Fill {
    /// Asks at this end. Nothing if it is not the end of a pipe.
    pub fn at(end: impl AsFd) -> Option<Fill> {
        Some(Fill {
            inode: fstat(&end).ok()?.st_ino,
            bytes: ioctl_fionread(&end).ok()?,
            capacity: fcntl_getpipe_size(&end).ok()?,
        })
    }
}
