//! What a process holds open.

use std::collections::HashMap;
use std::ffi::CStr;
use std::fs::File;
use std::str::FromStr as _;

use procfs::process::{FDTarget, Process};
use rustix::fs::{AtFlags, Dir, Mode, OFlags, readlinkat, statat};

/// An open descriptor: its file, and whether it can be read and written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Held {
    pub what: What,
    pub reads: bool,
    pub writes: bool,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum What {
    /// A pipe, by its inode, which both ends share.
    Pipe(u64),
    /// A socket, by its inode, which is its own: the other end has another one.
    Socket(u64),
    /// A file, device or FIFO with this path.
    Path(String),
    /// Something of the kernel's own: an eventfd, an epoll, a pidfd and the like, by the name of
    /// its kind.
    Kernel(String),
}

/// The open descriptors of a process. Nothing where the kernel doesn't tell.
///
/// procfs would make four system calls for each descriptor, of which there may be tens of
/// thousands; this makes two.
pub(super) fn held_by(process: &Process) -> Option<HashMap<i32, Held>> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let folder = process.open_relative_flags("fd", flags).ok()?;
    let entries = Dir::read_from(&folder).ok()?.flatten();
    // A descriptor that was closed in the meantime is left out.
    let all = entries.filter_map(|entry| {
        let name = entry.file_name();
        Some((name.to_str().ok()?.parse().ok()?, held(&folder, name)?))
    });
    Some(all.collect())
}

fn held(folder: &File, name: &CStr) -> Option<Held> {
    let link = readlinkat(folder, name, Vec::new()).ok()?;
    let what = match FDTarget::from_str(&link.to_string_lossy()).ok()? {
        FDTarget::Pipe(inode) => What::Pipe(inode),
        FDTarget::Socket(inode) => What::Socket(inode),
        FDTarget::Path(path) => What::Path(path.to_string_lossy().into_owned()),
        FDTarget::AnonInode(name) => What::Kernel(name),
        // A pidfd has a file system of its own since Linux 6.9.
        FDTarget::Other(kind, _) | FDTarget::Unknown(kind, _) => What::Kernel(format!("[{kind}]")),
        FDTarget::Net(_) | FDTarget::MemFD(_) => What::Kernel(String::new()),
    };
    // The permissions of the link tell whether the descriptor is open for reading and for writing.
    let mode = match what {
        What::Pipe(_) | What::Path(_) => {
            let stat = statat(folder, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
            Mode::from_raw_mode(stat.st_mode)
        }
        What::Socket(_) | What::Kernel(_) => Mode::RUSR | Mode::WUSR,
    };
    Some(Held { what, reads: mode.contains(Mode::RUSR), writes: mode.contains(Mode::WUSR) })
}
