//! System calls in which a thread waits.

use std::collections::HashMap;
use std::path::PathBuf;

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
    /// Its name, as in the manual.
    pub name: &'static str,
    /// Its arguments.
    arguments: [u64; 6],
    /// What ends the wait.
    pub until: Until,
}

/// What ends a wait.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Until {
    /// One of these descriptors is ready.
    Ready(Vec<Awaited>),
    /// A child ends.
    ChildEnds(Whom),
    /// Somebody who shares the memory at this address wakes it: a lock, a semaphore, a condition.
    Woken {
        /// Where the futex is.
        address: u64,
        /// Only threads of the same process can wake it.
        is_private: bool,
        /// The thread that it may be about: the one that holds it (FUTEX_LOCK_PI), or that is
        /// joined.
        tid: Option<i32>,
    },
    /// The lock on the file of this descriptor is free.
    Unlocked(i32),
    /// The FIFO at this path, as seen from here, is opened at its other end.
    Opened {
        /// Where it is, as the process says it.
        name: String,
        /// Where it is, from here.
        path: PathBuf,
        /// The other end is the one for writing.
        by_writer: bool,
    },
    /// A signal comes that is none of these.
    Signal(Signals),
    /// One of these signals comes, which are held back.
    SignalOf(Signals),
    /// The clock, at the latest.
    Time,
    /// It is not known.
    Unknown,
}

/// Which child is waited for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whom {
    /// The one with this PID.
    Process(u32),
    /// The one whom this descriptor, a pidfd, stands for.
    Descriptor(i32),
    /// Any of this process group.
    Group(i32),
    /// Any of its own process group.
    OwnGroup,
    /// Any.
    Any,
}

/// The bytes of a `struct pollfd`: a descriptor, what is asked for, and the answer.
const POLLFD: usize = 8;
/// More descriptors than this at once are not looked at: a number from elsewhere may be anything.
const MOST_DESCRIPTORS: u64 = 1 << 16;
/// The operations of futex(2) without its flags. Of them, only these block.
const FUTEX_COMMAND: u64 = 0x7f;
const FUTEX_PRIVATE: u64 = 0x80;
const FUTEX_WAIT: u64 = 0;
const FUTEX_LOCK_PI: u64 = 6;
const FUTEX_WAIT_BITSET: u64 = 9;
const FUTEX_LOCK_PI2: u64 = 13;
/// In the word of such a futex, the bits that are the thread's ID.
const FUTEX_TID: u32 = 0x3fff_ffff;
/// For how many seconds the thread of Go's runtime rests.
const GOS_REST: u64 = 60;
const F_SETLKW: u64 = 7;
const F_OFD_SETLKW: u64 = 38;
/// What waitid(2) waits for.
const P_ALL: u64 = 0;
const P_PID: u64 = 1;
const P_PGID: u64 = 2;
const P_PIDFD: u64 = 3;
const O_ACCMODE: u64 = 3;
const O_WRONLY: u64 = 1;
const O_RDWR: u64 = 2;
const AT_FDCWD: i32 = -100;

impl SystemCall {
    /// Its arguments, as they are in the registers.
    pub fn arguments(&self) -> [u64; 6] {
        self.arguments
    }

    /// What this line of `/proc/PID/task/TID/syscall` says. Nothing if the thread is not in a
    /// system call.
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
        Some(SystemCall {
            name: as_in_the_manual(name),
            arguments,
            until: match until(name, &arguments, process, holds) {
                // A thread of Go's runtime looks after the others once in a while.
                Until::Time if is_go(caught) && is_rest(process, name, &arguments) => {
                    woken(process, &arguments)
                }
                until => until,
            },
        })
    }
}

/// The kernel has newer calls behind functions that have kept their names.
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
    let reads = |fd| Until::Ready(vec![Awaited { fd, direction: Direction::Read }]);
    let writes = |fd| Until::Ready(vec![Awaited { fd, direction: Direction::Write }]);
    match name {
        "read" | "readv" | "preadv2" | "recvfrom" | "recvmsg" | "accept" | "accept4" => reads(fd),
        "recvmmsg" if is_forever(4) => reads(fd),
        "semtimedop" | "futex_waitv" if !is_forever(3) => Until::Time,
        "mq_timedreceive" | "mq_timedsend" if !is_forever(4) => Until::Time,
        "write" | "writev" | "pwritev2" | "sendto" | "sendmsg" | "sendmmsg" | "sendfile"
        | "connect" | "vmsplice" => writes(fd),
        // A file that it reads from is always ready, so it is the pipe that it waits for, at either
        // end.
        "splice" => ready(&[(fd, Direction::Read), (third as i32, Direction::Write)]),
        "tee" => ready(&[(fd, Direction::Read), (second as i32, Direction::Write)]),
        "wait4" => Until::ChildEnds(match fd {
            -1 => Whom::Any,
            0 => Whom::OwnGroup,
            pid if pid > 0 => Whom::Process(pid as u32),
            group => Whom::Group(group.wrapping_neg()),
        }),
        "waitid" => match first {
            P_ALL => Until::ChildEnds(Whom::Any),
            P_PID => Until::ChildEnds(Whom::Process(second as u32)),
            P_PGID if second == 0 => Until::ChildEnds(Whom::OwnGroup),
            P_PGID => Until::ChildEnds(Whom::Group(second as i32)),
            P_PIDFD => Until::ChildEnds(Whom::Descriptor(second as i32)),
            _ => Until::Unknown,
        },
        "futex" => futex(process, arguments),
        "flock" => Until::Unlocked(fd),
        "fcntl" if matches!(second, F_SETLKW | F_OFD_SETLKW) => Until::Unlocked(fd),
        "poll" if (third as i32) < 0 => polled(process, first, second),
        "ppoll" if is_forever(2) => polled(process, first, second),
        "select" | "pselect6" if is_forever(4) => selected(process, arguments),
        "epoll_wait" | "epoll_pwait" if (arguments[3] as i32) < 0 => epoll(process, holds, fd),
        "epoll_pwait2" if is_forever(3) => epoll(process, holds, fd),
        "open" => opened(process, AT_FDCWD, first, second),
        "openat" => opened(process, fd, second, third),
        "pause" => Until::Signal(0),
        "rt_sigsuspend" => set(process, first).map_or(Until::Signal(0), Until::Signal),
        "rt_sigtimedwait" if is_forever(2) => {
            set(process, first).map_or(Until::Signal(0), Until::SignalOf)
        }
        // Those of the above that have a time after which they return, and those that only wait for
        // it.
        "poll" | "ppoll" | "select" | "pselect6" | "epoll_wait" | "epoll_pwait"
        | "epoll_pwait2" | "rt_sigtimedwait" | "recvmmsg" | "nanosleep" | "clock_nanosleep" => {
            Until::Time
        }
        _ => Until::Unknown,
    }
}

fn ready(awaited: &[(i32, Direction)]) -> Until {
    let awaited = awaited.iter().map(|&(fd, direction)| Awaited { fd, direction });
    Until::Ready(awaited.collect())
}

/// A set of signals in its memory.
fn set(process: &Process, address: u64) -> Option<Signals> {
    let set = bytes(process, address, size_of::<Signals>())?;
    Some(Signals::from_ne_bytes(set.try_into().ok()?))
}

fn futex(process: &Process, arguments: &[u64; 6]) -> Until {
    let timeout = arguments[3];
    match timeout {
        0 => woken(process, arguments),
        _ => Until::Time,
    }
}

/// Whether it rests as the thread of Go's runtime does that has nothing to look after.
fn is_rest(process: &Process, name: &str, arguments: &[u64; 6]) -> bool {
    let time = bytes(process, arguments[3], size_of::<u64>());
    let seconds = time.and_then(|it| Some(u64::from_ne_bytes(it.try_into().ok()?)));
    name == "futex" && seconds == Some(GOS_REST)
}

fn woken(process: &Process, arguments: &[u64; 6]) -> Until {
    let [address, operation, value, ..] = *arguments;
    let is_private = operation & FUTEX_PRIVATE != 0;
    let word =
        bytes(process, address, 4).and_then(|it| Some(u32::from_ne_bytes(it.try_into().ok()?)));
    let tid = match operation & FUTEX_COMMAND {
        // Whoever joins a thread waits on the word in which the kernel keeps that thread's ID while
        // it lives.
        FUTEX_WAIT | FUTEX_WAIT_BITSET => word.filter(|it| !is_private && *it == value as u32),
        FUTEX_LOCK_PI | FUTEX_LOCK_PI2 => word.map(|it| it & FUTEX_TID),
        _ => return Until::Unknown,
    };
    Until::Woken { address, is_private, tid: tid.map(|it| it as i32) }
}

/// What a thread waits for in poll(2). The list of descriptors is in the memory of its process.
fn polled(process: &Process, list: u64, count: u64) -> Until {
    if count == 0 {
        return Until::Signal(0);
    }
    if count > MOST_DESCRIPTORS {
        return Until::Unknown;
    }
    let Some(list) = bytes(process, list, count as usize * POLLFD) else {
        return Until::Unknown;
    };
    let mut awaited = Vec::new();
    for it in list.chunks_exact(POLLFD) {
        let fd = i32::from_ne_bytes([it[0], it[1], it[2], it[3]]);
        let events = u16::from_ne_bytes([it[4], it[5]]);
        if fd < 0 {
            continue;
        }
        awaited.extend(asked(fd, events.into()));
    }
    Until::Ready(awaited)
}

/// What a thread waits for in select(2): three sets of bits in the memory of its process.
fn selected(process: &Process, arguments: &[u64; 6]) -> Until {
    let [count, reads, writes, excepts, ..] = *arguments;
    if count == 0 {
        return Until::Signal(0);
    }
    if count > MOST_DESCRIPTORS {
        return Until::Unknown;
    }
    let mut awaited = Vec::new();
    let sets = [(reads, Direction::Read), (writes, Direction::Write), (excepts, Direction::Urgent)];
    for (set, direction) in sets {
        if set == 0 {
            continue;
        }
        // The kernel takes whole words.
        let Some(set) = bytes(process, set, (count as usize).div_ceil(64) * 8) else {
            return Until::Unknown;
        };
        let has = |fd: &u64| set[*fd as usize / 8] & (1 << (fd % 8)) != 0;
        awaited.extend((0..count).filter(has).map(|fd| (fd as i32, direction)));
    }
    ready(&awaited)
}

fn epoll(process: &Process, holds: &HashMap<i32, Held>, fd: i32) -> Until {
    match epoll::watched(process, holds, fd) {
        Some(awaited) => Until::Ready(awaited),
        None => Until::Unknown,
    }
}

/// open(2) waits only for the other end of a FIFO.
fn opened(process: &Process, folder: i32, name: u64, flags: u64) -> Until {
    let Some(name) = text(process, name) else {
        return Until::Unknown;
    };
    let pid = process.pid;
    let path = match (name.starts_with('/'), folder) {
        (true, _) => format!("/proc/{pid}/root{name}"),
        (false, AT_FDCWD) => format!("/proc/{pid}/cwd/{name}"),
        (false, folder) => format!("/proc/{pid}/fd/{folder}/{name}"),
    };
    let path = PathBuf::from(path);
    use std::os::unix::fs::FileTypeExt;
    let is_fifo = path.metadata().is_ok_and(|it| it.file_type().is_fifo());
    match (is_fifo, flags & O_ACCMODE) {
        (true, ways) if ways != O_RDWR => Until::Opened { name, path, by_writer: ways != O_WRONLY },
        _ => Until::Unknown,
    }
}
