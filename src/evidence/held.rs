//! What a process holds open.

use std::collections::HashMap;

use procfs::process::{FDPermissions, FDTarget, Process};

/// What a descriptor is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Held {
    /// What it stands for.
    pub what: What,
    /// One can read from it.
    pub reads: bool,
    /// One can write to it.
    pub writes: bool,
}

/// What a descriptor stands for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum What {
    /// A pipe, by its inode, which is the same at both ends.
    Pipe(u64),
    /// A socket, by its inode, which it has for itself.
    Socket(u64),
    /// A file, device or FIFO with this path.
    Path(String),
    /// Something of the kernel's own: an eventfd, an epoll, a pidfd and the like, by the name of its kind.
    Kernel(String),
}

impl Held {
    /// The inode, if it is a pipe or a socket.
    pub fn inode(&self) -> Option<u64> {
        match self.what {
            What::Pipe(inode) | What::Socket(inode) => Some(inode),
            _ => None,
        }
    }
}

/// All that this process holds. Nothing where the kernel doesn't tell.
pub(super) fn held_by(process: &Process) -> Option<HashMap<i32, Held>> {
    let held = process.fd().ok()?.flatten().map(|info| {
        let (reads, writes) = (
            info.mode().contains(FDPermissions::READ),
            info.mode().contains(FDPermissions::WRITE),
        );
        let what = match info.target {
            FDTarget::Pipe(inode) => What::Pipe(inode),
            FDTarget::Socket(inode) => What::Socket(inode),
            FDTarget::Path(path) => What::Path(path.to_string_lossy().into_owned()),
            FDTarget::AnonInode(name) => What::Kernel(name),
            // A pidfd has a file system of its own since Linux 6.9.
            FDTarget::Other(kind, _) | FDTarget::Unknown(kind, _) => {
                What::Kernel(format!("[{kind}]"))
            }
            FDTarget::Net(_) | FDTarget::MemFD(_) => What::Kernel(String::new()),
        };
        let held = Held {
            what,
            reads,
            writes,
        };
        (info.fd, held)
    });
    Some(held.collect())
}
