//! System calls in which a thread waits.

use procfs::process::{Process, Syscall};
use syscalls::Sysno;

use super::memory;

/// A system call in which a thread waits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call {
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
    /// One can read from one of these descriptors.
    Readable(Vec<i32>),
    /// One can write to one of these descriptors.
    Writable(Vec<i32>),
    /// A child ends.
    ChildEnds,
    /// Another thread, or a process that shares memory with this one, wakes it.
    Woken,
    /// One of several things of which it is not known what they are.
    Anything,
    /// The clock does, or something that is not known: it may go on by itself.
    Itself,
}

const POLLIN: i16 = 0x1;
const POLLOUT: i16 = 0x4;
/// The bytes of a `struct pollfd`: a descriptor, what is asked for, and the answer.
const POLLFD: usize = 8;
/// More than this nobody here polls, and a number from elsewhere may be anything.
const MOST_POLLFDS: u64 = 4096;
/// The operations of futex(2) without its flags. Of them, only waits block.
const FUTEX_COMMAND: u64 = 0x7f;
const FUTEX_WAIT: u64 = 0;
const FUTEX_WAIT_BITSET: u64 = 9;

impl Call {
    /// What this line of `/proc/PID/task/TID/syscall` says. Nothing if the thread is not in a system call.
    pub(super) fn decode(syscall: &Syscall, process: &Process) -> Option<Call> {
        let Syscall::Blocked {
            syscall_number,
            argument_registers: arguments,
            ..
        } = *syscall
        else {
            return None;
        };
        let name = Sysno::new(usize::try_from(syscall_number).ok()?)?.name();
        let fd = arguments[0] as i32;
        let forever = |argument: usize| arguments[argument] == 0;
        let until = match name {
            "read" | "readv" | "preadv2" | "recvfrom" | "recvmsg" | "accept" | "accept4" => {
                Until::Readable(vec![fd])
            }
            "write" | "writev" | "sendto" | "sendmsg" => Until::Writable(vec![fd]),
            "wait4" | "waitid" => Until::ChildEnds,
            "futex" if forever(3) => match arguments[1] & FUTEX_COMMAND {
                FUTEX_WAIT | FUTEX_WAIT_BITSET => Until::Woken,
                _ => Until::Itself,
            },
            "poll" if (arguments[2] as i32) < 0 => polled(process, &arguments),
            "ppoll" if forever(2) => polled(process, &arguments),
            "epoll_wait" | "epoll_pwait" if (arguments[3] as i32) < 0 => Until::Anything,
            "epoll_pwait2" if forever(3) => Until::Anything,
            "select" | "pselect6" if forever(4) => Until::Anything,
            "pause" | "rt_sigsuspend" => Until::Anything,
            _ => Until::Itself,
        };
        Some(Call {
            name,
            arguments,
            until,
        })
    }
}

/// What a thread waits for in poll(2). The list of descriptors is in the memory of its process.
fn polled(process: &Process, arguments: &[u64; 6]) -> Until {
    let [list, count, ..] = *arguments;
    if count > MOST_POLLFDS {
        return Until::Anything;
    }
    let Some(list) = memory(process, list, count as usize * POLLFD) else {
        return Until::Anything;
    };
    let list: Vec<(i32, i16)> = list
        .chunks_exact(POLLFD)
        .map(|it| {
            let fd = i32::from_ne_bytes([it[0], it[1], it[2], it[3]]);
            (fd, i16::from_ne_bytes([it[4], it[5]]))
        })
        .collect();
    let asked = |what| {
        let of_these = list.iter().filter(move |(_, events)| events & what != 0);
        of_these.map(|(fd, _)| *fd).collect::<Vec<_>>()
    };
    match (asked(POLLIN), asked(POLLOUT)) {
        (reads, writes) if writes.is_empty() => Until::Readable(reads),
        (_, writes) => Until::Writable(writes),
    }
}
