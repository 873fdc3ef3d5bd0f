//! What a process waits for through epoll(7).

use std::collections::{HashMap, HashSet};
use std::fs::metadata;
use std::io::Read;
use std::os::unix::fs::MetadataExt as _;

use procfs::process::Process;

use super::held::{Held, What};
use super::wait::{Awaited, Direction};

/// The events of poll(2) and epoll(7).
const POLLIN: u32 = 0x1;
const POLLPRI: u32 = 0x2;
const POLLOUT: u32 = 0x4;
const POLLRDNORM: u32 = 0x40;
const POLLWRNORM: u32 = 0x100;
const POLLWRBAND: u32 = 0x200;
/// All events. A descriptor with none of them is switched off (EPOLLONESHOT).
const EPOLL_EVENTS: u32 = 0x3fff;
const EPOLLET: u32 = 1 << 31;
/// An epoll may watch another epoll; the kernel allows a nesting of five.
const DEEPEST: usize = 5;

/// What a call waits for with these events.
pub(super) fn asked(fd: i32, events: u32) -> impl Iterator<Item = Awaited> {
    let asks = |bits: u32, direction| (events & bits != 0).then_some(direction);
    let reads = asks(POLLIN | POLLRDNORM, Direction::Read);
    let urgent = asks(POLLPRI, Direction::Urgent);
    let writes = asks(POLLOUT | POLLWRNORM | POLLWRBAND, Direction::Write);
    // poll(2) reports a hang-up whatever events are asked for. Beside data or room it adds nothing,
    // since the same processes could bring it.
    let hangs_up = (reads.is_none() && writes.is_none()).then_some(Direction::HangUp);
    let all = [reads, urgent, writes, hangs_up].into_iter().flatten();
    all.map(move |direction| Awaited { fd, direction })
}

/// The descriptors that this epoll watches. Nothing where the kernel doesn't tell, or names a
/// descriptor that the process has closed.
pub(super) fn watched(
    process: &Process,
    holds: &HashMap<i32, Held>,
    fd: i32,
) -> Option<Vec<Awaited>> {
    let mut awaited = Vec::new();
    add_watched(process, holds, fd, DEEPEST, &mut awaited)?;
    let watched: HashSet<i32> = awaited.iter().map(|it| it.fd).collect();
    let are = |kind| {
        let is_it = move |held: &Held| matches!(&held.what, What::Kernel(it) if it == kind);
        holds.iter().filter(move |(_, held)| is_it(held)).map(|(fd, _)| *fd)
    };
    // An eventfd or timerfd has no inode of its own, so its descriptor may have been closed and
    // reused unseen. A set timer that nobody watches, and an eventfd under two descriptors, are
    // signs of that.
    if are("[eventfd]").any(|fd| watched.contains(&fd)) {
        let mut seen = HashSet::new();
        let mut ids = are("[eventfd]").filter_map(|fd| eventfd_id(process, fd));
        let mut timers = are("[timerfd]").filter(|fd| !watched.contains(fd));
        if timers.any(|fd| is_set(process, fd)) || ids.any(|id| !seen.insert(id)) {
            return None;
        }
    }
    Some(awaited)
}

fn add_watched(
    process: &Process,
    holds: &HashMap<i32, Held>,
    fd: i32,
    depth: usize,
    all: &mut Vec<Awaited>,
) -> Option<()> {
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
        let is_it = match &holds.get(&fd)?.what {
            What::Kernel(name) if name == "[eventpoll]" => {
                add_watched(process, holds, fd, depth.checked_sub(1)?, all)?;
                continue;
            }
            What::Pipe(it) | What::Socket(it) => *it == inode,
            What::Path(_) => {
                let file = metadata(format!("/proc/{}/fd/{fd}", process.pid));
                file.is_ok_and(|it| it.ino() == inode)
            }
            What::Kernel(_) => true,
        };
        // The descriptor has been reused: the watched file lives on under another descriptor.
        if !is_it {
            return None;
        }
        all.extend(asked(fd, events).map(|it| match it.direction {
            // With EPOLLET, room is told once, which may be long ago.
            Direction::Write if events & EPOLLET != 0 => {
                Awaited { direction: Direction::RoomOnce, ..it }
            }
            _ => it,
        }));
    }
    Some(())
}

/// The number that the kernel has for an eventfd.
pub(super) fn eventfd_id(process: &Process, fd: i32) -> Option<u64> {
    field(&fdinfo(process, fd)?, "eventfd-id:")?.parse().ok()
}

/// Whether a timerfd is set, so far as the kernel says.
pub(super) fn is_set(process: &Process, fd: i32) -> bool {
    // it_value: (seconds, nanoseconds)
    let info = fdinfo(process, fd).unwrap_or_default();
    field(&info, "it_value:") != Some("(0, 0)")
}

/// What `/proc/PID/fdinfo` says of a descriptor.
pub(super) fn fdinfo(process: &Process, fd: i32) -> Option<String> {
    let mut info = String::new();
    process.open_relative(format!("fdinfo/{fd}")).ok()?.read_to_string(&mut info).ok()?;
    Some(info)
}

/// The value of a field of fdinfo.
pub(super) fn field<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    info.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)
}
