//! What a thread waits for, and who could bring it.

use super::call::Direction;

/// A thread that waits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wait {
    /// Its process's PID.
    pub pid: u32,
    /// Its ID.
    pub tid: i32,
    /// The system call in which it waits.
    pub call: &'static str,
    /// What it waits for: any one of these ends the wait.
    pub things: Vec<Thing>,
    /// Children whose end a handler would notice meanwhile (SIGCHLD).
    pub noticed: Vec<u32>,
    /// A timer may be set, whose signal would wake it.
    pub has_timer: bool,
}

/// Something that is waited for.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Thing {
    /// What it is.
    pub needs: Need,
    /// Where it would come from.
    pub on: On,
    /// The descriptor by which the one who waits has it.
    pub fd: Option<i32>,
    /// Who could bring it.
    pub from: From,
}

/// What is waited for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// The end of a process.
    End,
    /// Data to read, or its end-of-file.
    Data,
    /// Room to write into.
    Room,
    /// That the other end of a FIFO is opened.
    Opening,
    /// A lock, a semaphore or a condition in memory that processes share, or a lock on a file.
    Lock,
    /// The same in memory of its own, or the end of a thread.
    Thread,
    /// A connection, a signal, or something else from outside.
    Other,
}

/// Where something would come from.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum On {
    /// A pipe, by its inode.
    Pipe(u64),
    /// A FIFO, by its path.
    Fifo(String),
    /// A socket, by the inodes of both ends.
    Socket {
        /// Of the end of the one who waits.
        inode: u64,
        /// Of the other end; nothing if there is none.
        peer: Option<u64>,
    },
    /// A process, or some of the children.
    Process,
    /// A thread of the same process: one that it joins, or nothing if it may be any.
    Thread(Option<i32>),
    /// Memory that processes share, by the name of its mapping.
    Memory(String),
    /// A file that can be locked, by its path.
    File(String),
    /// A counter of the kernel (eventfd(2)).
    Eventfd,
    /// Something that is not known any closer.
    Unknown,
}

/// Who could bring something.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum From {
    /// Only these processes, of the living ones.
    Processes(Vec<u32>),
    /// Most likely only these.
    Likely(Vec<u32>),
    /// Something that is no process.
    Outside(Outside),
    /// It is not known.
    Unknown,
}

/// Somebody or something outside of the processes that could end a wait.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outside {
    /// The clock.
    Time,
    /// Whoever sits at this terminal.
    Terminal(String),
    /// The network.
    Network,
    /// Anybody who connects to a socket, or sends to it.
    Client,
    /// Whoever sends a signal.
    Signal,
    /// A device or file.
    Device(String),
}

impl Wait {
    /// Everybody who could end this wait.
    pub fn of(&self) -> impl Iterator<Item = u32> {
        self.things.iter().flat_map(Thing::of).copied()
    }
}

impl Thing {
    /// The processes that could bring it.
    pub fn of(&self) -> &[u32] {
        match &self.from {
            From::Processes(pids) | From::Likely(pids) => pids,
            From::Outside(_) | From::Unknown => &[],
        }
    }
}

impl Need {
    /// What somebody needs to whom a descriptor has to become ready that way.
    pub(super) fn of(way: Direction) -> Need {
        match way {
            Direction::Read => Need::Data,
            Direction::Write => Need::Room,
        }
    }
}
