//! What a process waits for through epoll(7).

use std::io::Read;

use procfs::process::{FDTarget, Process};

use super::call::{Awaited, Direction};

const EPOLLOUT: u32 = 0x4;
/// All that can be asked for. A descriptor of which nothing is asked is switched off
/// (EPOLLONESHOT).
const EPOLL_EVENTS: u32 = 0x3fff;
/// What is asked for reading: EPOLLIN, EPOLLPRI, EPOLLRDNORM, EPOLLRDBAND and EPOLLRDHUP.
const EPOLL_READS: u32 = 0x20c3;
/// One epoll may watch another one, and the kernel allows five of them in a row.
const DEEPEST: usize = 5;

/// The descriptors that this epoll watches. Nothing where the kernel doesn't tell, or tells of one
/// that is closed here.
pub(super) fn watched(process: &Process, fd: i32) -> Option<Vec<Awaited>> {
    let mut awaited = Vec::new();
    add_watched(process, fd, DEEPEST, &mut awaited)?;
    Some(awaited)
}

fn add_watched(process: &Process, fd: i32, depth: usize, all: &mut Vec<Awaited>) -> Option<()> {
    let info = fdinfo(process, fd)?;
    for line in info.lines().filter(|line| line.starts_with("tfd:")) {
        // tfd:        5 events:       19 data: ... pos:0 ino:6e32 sdev:e
        let mut words = line.split_whitespace().skip(1);
        let fd: i32 = words.next()?.parse().ok()?;
        let events = u32::from_str_radix(words.nth(1)?, 16).ok()?;
        let inode = words.find_map(|word| word.strip_prefix("ino:"));
        let inode = u64::from_str_radix(inode?, 16).ok()?;
        if events & EPOLL_EVENTS == 0 {
            continue;
        }
        match process.fd_from_fd(fd).ok()?.target {
            FDTarget::AnonInode(name) if name == "[eventpoll]" => {
                add_watched(process, fd, depth.checked_sub(1)?, all)?;
                continue;
            }
            // The number means something else by now: what is watched lives on under another one.
            FDTarget::Pipe(it) | FDTarget::Socket(it) if it != inode => return None,
            _ => {}
        }
        if events & EPOLL_READS != 0 || events & EPOLLOUT == 0 {
            all.push(Awaited { fd, way: Direction::Read });
        }
        if events & EPOLLOUT != 0 {
            all.push(Awaited { fd, way: Direction::Write });
        }
    }
    Some(())
}

/// What `/proc/PID/fdinfo` says of a descriptor.
pub(super) fn fdinfo(process: &Process, fd: i32) -> Option<String> {
    let mut file = process.open_relative(format!("fdinfo/{fd}")).ok()?;
    let mut info = String::new();
    file.read_to_string(&mut info).ok()?;
    Some(info)
}
