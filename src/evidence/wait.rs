//! What a thread waits for, and who could bring it.

use serde::Serialize;

/// A descriptor that is waited for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Awaited {
    pub fd: i32,
    pub direction: Direction,
}

/// What is asked of a descriptor.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Direction {
    /// Data, or end-of-file.
    Read,
    /// Urgent data, as a socket of the network may have.
    Urgent,
    /// Room.
    Write,
    /// Room, once there was none (EPOLLET).
    RoomOnce,
    /// That its other side hangs up: poll(2) tells it even if nothing else is asked for.
    HangUp,
}

/// A thread that waits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wait {
    pub pid: u32,
    pub tid: i32,
    /// The system call in which it waits.
    pub call: &'static str,
    /// Any one of these ends the wait.
    pub things: Vec<Thing>,
    /// Children whose end a handler would notice meanwhile (SIGCHLD).
    pub noticed: Vec<u32>,
    /// Signals for which its program has handlers of its own: a bit each, as in `Snapshot`.
    pub handled: u64,
    /// A timer is set, whose signal would wake it.
    pub has_timer: bool,
}

/// Something that is waited for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Thing {
    pub needs: Need,
    /// Where it would come from.
    pub on: On,
    /// The descriptor by which the one who waits has it.
    pub fd: Option<i32>,
    /// Who could bring it.
    pub from: From,
    /// What would bring it if not they, where `from` is `Likely`.
    pub unless: Option<Happening>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// The end of a process.
    End,
    /// Data to read, or its end-of-file.
    Data,
    /// Room to write into.
    Room,
    /// That nobody has the other end open any more.
    HangUp,
    /// That the other end of a FIFO is opened.
    Opening,
    /// A lock, a semaphore or a condition in memory that processes share, or a lock on a file.
    Lock,
    /// The same in memory of its own, or the end of a thread.
    Thread,
    /// A connection, a signal, or something else from outside.
    Other,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum On {
    /// By its inode.
    Pipe(u64),
    Fifo(String),
    /// By the inodes of both ends.
    Socket {
        inode: u64,
        peer: Option<u64>,
    },
    Terminal(String),
    /// A process, or some of the children.
    Process,
    /// A thread of the same process: one that it joins, or nothing if it may be any.
    Thread(Option<i32>),
    /// Memory that processes share, by the name of its mapping.
    Memory(String),
    /// A file that can be locked.
    File(String),
    Eventfd,
    /// Something that is not known any closer.
    Unknown,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum From {
    /// Only these processes, of the living ones.
    Processes(Vec<u32>),
    /// Most likely only these.
    Likely(Vec<u32>),
    /// Something that is no process.
    Outside(Outside),
    Unknown,
}

/// Somebody or something outside of the processes that could end a wait.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outside {
    Time,
    /// Whoever sits at this terminal.
    Terminal(String),
    Network,
    /// Anybody who connects to a socket, or sends to it.
    Client,
    Signal,
    /// A device or file.
    Device(String),
}

/// What could end a wait, and most likely doesn't.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "what", content = "name")]
pub enum Happening {
    /// Somebody else opens the FIFO with this name.
    FifoIsOpened(String),
    /// Somebody else opens the memory with this name.
    SharedByName(String),
    /// Somebody else connects to the socket with this name.
    SocketIsConnected(String),
    /// The socket with this number was given a time (SO_RCVTIMEO, SO_SNDTIMEO).
    SocketTimesOut(String),
}

/// A condition under which a process that is most likely stuck goes on.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Unless {
    pub pid: u32,
    /// It gets one of these signals, which it handles: their numbers.
    pub signals: Vec<i32>,
    /// Something else happens.
    pub what: Option<Happening>,
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
    /// What somebody needs who asks that of a descriptor.
    pub(super) fn of(direction: Direction) -> Need {
        match direction {
            Direction::Read | Direction::Urgent => Need::Data,
            Direction::Write => Need::Room,
            Direction::RoomOnce | Direction::HangUp => Need::HangUp,
        }
    }
}
