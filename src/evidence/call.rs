//! System calls in which a thread waits.

use std::collections::HashMap;
use std::fs::metadata;
use std::os::unix::fs::FileTypeExt as _;

use procfs::process::{Process, Syscall};
use syscalls::Sysno;

use super::epoll::{self, asked};
use super::held::Held;
use super::memory::{bytes, text};
use super::signals::{Signals, is_go};
use super::wait::{Awaited, Direction};

/// A system call in which a thread waits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SystemCall {
    /// The call's name, as in the manual.
    pub name: &'static str,
    /// The arguments, as they are in the registers.
    pub arguments: [u64; 6],
    pub until: Until,
}

/// What ends a wait.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Until {
    /// One of these descriptors is ready.
    Ready(Vec<Awaited>),
    ChildEnds(Whom),
    /// A process that shares the memory at this address wakes the thread (futex(2)): a lock, a
    /// semaphore, a condition variable.
    Woken {
        address: u64,
        /// Whether only threads of the same process can wake the thread.
        is_private: bool,
        /// The thread that holds the lock (FUTEX_LOCK_PI), or that is joined.
        tid: Option<i32>,
    },
    /// The lock on the file of this descriptor is free.
    Unlocked(i32),
    /// The other end of the FIFO with this name is opened.
    Opened(String),
    /// A signal comes that is not in this set.
    Signal(Signals),
    /// One of these blocked signals comes (sigwait(3)).
    SignalOf(Signals),
    /// A timeout passes, at the latest.
    Time,
    Unknown,
}

/// Which child is waited for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whom {
    Process(u32),
    /// The child of this pidfd.
    Descriptor(i32),
    /// Any child, or any of a process group.
    Any,
}

/// The bytes of a `struct pollfd`: a descriptor, what is asked for, and the answer.
const POLLFD: usize = 8;
/// The most descriptors of one call that are looked at: the count comes from another process, and
/// may be anything.
const MOST_DESCRIPTORS: u64 = 1 << 16;
/// The mask for the operation of futex(2) without its flags, and the operations that block.
const FUTEX_COMMAND: u64 = 0x7f;
const FUTEX_PRIVATE: u64 = 0x80;
const FUTEX_WAIT: u64 = 0;
const FUTEX_LOCK_PI: u64 = 6;
const FUTEX_WAIT_BITSET: u64 = 9;
const FUTEX_LOCK_PI2: u64 = 13;
/// The bits of a futex's word that are the thread's ID.
const FUTEX_TID: u32 = 0x3fff_ffff;
/// How many seconds Go's monitor thread sleeps when it has nothing to do.
const GOS_REST: u64 = 60;
const F_SETLKW: u64 = 7;
const F_OFD_SETLKW: u64 = 38;
/// What waitid(2) waits for.
const P_PID: u64 = 1;
const P_PIDFD: u64 = 3;
const O_ACCMODE: u64 = 3;
const O_RDWR: u64 = 2;
const AT_FDCWD: i32 = -100;

impl SystemCall {
    /// Decodes `/proc/PID/task/TID/syscall`. Nothing if the thread is not in a system call.
    pub(super) fn decode(
        syscall: &Syscall,
        process: &Process,
        holds: &HashMap<i32, Held>,
        caught: Signals,
    ) -> Option<SystemCall> {
        let Syscall::Blocked { syscall_number, argument_registers: arguments, .. } = *syscall
        else {
            return None;
        };
        let name = Sysno::new(usize::try_from(syscall_number).ok()?)?.name();
        let mut until = until(name, &arguments, process, holds);
        // Go's monitor thread wakes once in a while, which brings nothing that the program waits
        // for.
        let rests = || name == "futex" && word(process, arguments[3]) == Some(GOS_REST);
        if until == Until::Time && is_go(caught) && rests() {
            until = woken(process, &arguments);
        }
        Some(SystemCall { name: as_in_the_manual(name), arguments, until })
    }
}

/// The manual's name of a call: some functions have kept theirs, while the kernel's call is a newer
/// one.
fn as_in_the_manual(name: &'static str) -> &'static str {
    match name {
        "pselect6" => "select",
        "ppoll" => "poll",
        "epoll_pwait" | "epoll_pwait2" => "epoll_wait",
        "openat" => "open",
        "rt_sigsuspend" => "sigsuspend",
        "semtimedop" => "semop",
        "rt_sigtimedwait" => "sigtimedwait",
        name => name,
    }
}

fn until(name: &str, arguments: &[u64; 6], process: &Process, holds: &HashMap<i32, Held>) -> Until {
    let [first, second, third, ..] = *arguments;
    let fd = first as i32;
    let is_forever = |argument: usize| arguments[argument] == 0;
    let ready = |awaited: Option<Vec<_>>| match awaited {
        None => Until::Unknown,
        Some(awaited) if awaited.is_empty() => Until::Signal(0),
        Some(awaited) => Until::Ready(awaited),
    };
    let ready_for = |all: &[(i32, Direction)]| {
        Until::Ready(all.iter().map(|&(fd, direction)| Awaited { fd, direction }).collect())
    };
    match name {
        "read" | "readv" | "preadv2" | "recvfrom" | "recvmsg" | "accept" | "accept4" => {
            ready_for(&[(fd, Direction::Read)])
        }
        "recvmmsg" if is_forever(4) => ready_for(&[(fd, Direction::Read)]),
        "semtimedop" | "futex_waitv" if !is_forever(3) => Until::Time,
        "mq_timedreceive" | "mq_timedsend" if !is_forever(4) => Until::Time,
        "write" | "writev" | "pwritev2" | "sendto" | "sendmsg" | "sendmmsg" | "sendfile"
        | "connect" | "vmsplice" => ready_for(&[(fd, Direction::Write)]),
        // A file to read from is always ready, so the call waits for the pipe, at either end.
        "splice" => ready_for(&[(fd, Direction::Read), (third as i32, Direction::Write)]),
        "tee" => ready_for(&[(fd, Direction::Read), (second as i32, Direction::Write)]),
        "wait4" if fd > 0 => Until::ChildEnds(Whom::Process(fd as u32)),
        "waitid" if first == P_PID => Until::ChildEnds(Whom::Process(second as u32)),
        "waitid" if first == P_PIDFD => Until::ChildEnds(Whom::Descriptor(second as i32)),
        "wait4" | "waitid" => Until::ChildEnds(Whom::Any),
        "futex" if is_forever(3) => woken(process, arguments),
        "flock" => Until::Unlocked(fd),
        "fcntl" if matches!(second, F_SETLKW | F_OFD_SETLKW) => Until::Unlocked(fd),
        "poll" if (third as i32) < 0 => ready(polled(process, first, second)),
        "ppoll" if is_forever(2) => ready(polled(process, first, second)),
        "select" | "pselect6" if is_forever(4) => ready(selected(process, arguments)),
        "epoll_wait" | "epoll_pwait" if (arguments[3] as i32) < 0 => {
            ready(epoll::watched(process, holds, fd))
        }
        "epoll_pwait2" if is_forever(3) => ready(epoll::watched(process, holds, fd)),
        "open" => opened(process, AT_FDCWD, first, second).map_or(Until::Unknown, Until::Opened),
        "openat" => opened(process, fd, second, third).map_or(Until::Unknown, Until::Opened),
        "pause" => Until::Signal(0),
        "rt_sigsuspend" => Until::Signal(word(process, first).unwrap_or_default()),
        "rt_sigtimedwait" if is_forever(2) => {
            word(process, first).map_or(Until::Signal(0), Until::SignalOf)
        }
        // Calls that can have a timeout, and calls that only sleep.
        "poll" | "ppoll" | "select" | "pselect6" | "epoll_wait" | "epoll_pwait"
        | "epoll_pwait2" | "rt_sigtimedwait" | "recvmmsg" | "futex" | "nanosleep"
        | "clock_nanosleep" => Until::Time,
        _ => Until::Unknown,
    }
}

/// Eight bytes of the process's memory: a set of signals, say, or a number of seconds.
fn word(process: &Process, address: u64) -> Option<u64> {
    Some(u64::from_ne_bytes(bytes(process, address, size_of::<u64>())?.try_into().ok()?))
}

fn woken(process: &Process, arguments: &[u64; 6]) -> Until {
    let [address, operation, value, ..] = *arguments;
    let is_private = operation & FUTEX_PRIVATE != 0;
    let word =
        bytes(process, address, 4).and_then(|it| Some(u32::from_ne_bytes(it.try_into().ok()?)));
    let tid = match operation & FUTEX_COMMAND {
        // pthread_join(3) waits on the word in which the kernel keeps the thread's ID while the
        // thread lives.
        FUTEX_WAIT | FUTEX_WAIT_BITSET => word.filter(|it| !is_private && *it == value as u32),
        FUTEX_LOCK_PI | FUTEX_LOCK_PI2 => word.map(|it| it & FUTEX_TID),
        _ => return Until::Unknown,
    };
    Until::Woken { address, is_private, tid: tid.map(|it| it as i32) }
}

/// What a thread waits for in poll(2). The list of descriptors is in the memory of its process.
fn polled(process: &Process, list: u64, count: u64) -> Option<Vec<Awaited>> {
    let count = usize::try_from(count).ok().filter(|_| count <= MOST_DESCRIPTORS)?;
    let list = bytes(process, list, count * POLLFD)?;
    let of = |it: &[u8]| {
        let fd = i32::from_ne_bytes([it[0], it[1], it[2], it[3]]);
        let events = u16::from_ne_bytes([it[4], it[5]]);
        asked(fd, events.into()).filter(|it| it.fd >= 0)
    };
    Some(list.chunks_exact(POLLFD).flat_map(of).collect())
}

/// What a thread waits for in select(2): three sets of bits in the memory of its process.
fn selected(process: &Process, arguments: &[u64; 6]) -> Option<Vec<Awaited>> {
    let [count, reads, writes, excepts, ..] = *arguments;
    if count > MOST_DESCRIPTORS {
        return None;
    }
    let mut awaited = Vec::new();
    let sets = [(reads, Direction::Read), (writes, Direction::Write), (excepts, Direction::Urgent)];
    for (set, direction) in sets.into_iter().filter(|(set, _)| *set != 0) {
        // The kernel reads whole 64-bit words of a set.
        let set = bytes(process, set, (count as usize).div_ceil(64) * 8)?;
        let has = |fd: &u64| set[*fd as usize / 8] & (1 << (fd % 8)) != 0;
        let fds = (0..count).filter(has);
        awaited.extend(fds.map(|fd| Awaited { fd: fd as i32, direction }));
    }
    Some(awaited)
}

/// The name of the FIFO that is opened: open(2) waits for nothing else.
fn opened(process: &Process, folder: i32, name: u64, flags: u64) -> Option<String> {
    let name = text(process, name)?;
    let pid = process.pid;
    let path = match (name.starts_with('/'), folder) {
        (true, _) => format!("/proc/{pid}/root{name}"),
        (false, AT_FDCWD) => format!("/proc/{pid}/cwd/{name}"),
        (false, folder) => format!("/proc/{pid}/fd/{folder}/{name}"),
    };
    let is_fifo = metadata(path).is_ok_and(|it| it.file_type().is_fifo());
    (is_fifo && flags & O_ACCMODE != O_RDWR).then_some(name)
}
