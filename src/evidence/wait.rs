//! What a thread waits for, and who could bring it.

use serde::Serialize;

/// A descriptor that a call waits for, and in which direction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Awaited {
    pub fd: i32,
    pub direction: Direction,
}

/// What a call waits for at a descriptor.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Direction {
    /// Data, or EOF.
    Read,
    /// Urgent data of a network socket.
    Urgent,
    /// Room.
    Write,
    /// Room after there was none (EPOLLET).
    RoomOnce,
    /// A hang-up of the other side, which poll(2) tells in any case.
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
    /// Children whose end a handler for SIGCHLD would notice during the wait.
    pub noticed: Vec<u32>,
    /// Signals that the program itself handles: a bit each, as in `Snapshot`.
    pub handled: u64,
    /// Whether a timer is set, whose signal will wake the thread.
    pub has_timer: bool,
}

/// A thing that a thread waits for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Thing {
    pub needs: Need,
    /// The pipe, lock or other object that the thing is about.
    pub on: On,
    /// The waiter's descriptor of that object.
    pub fd: Option<i32>,
    /// Where the thing could come from: processes, or something outside.
    pub from: From,
    /// What else could bring it, where `from` is `Likely`.
    pub unless: Option<Happening>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// The end of a process.
    End,
    /// Data to read, or EOF.
    Data,
    /// Room to write into.
    Room,
    /// A hang-up: that no process has the other end open any more.
    HangUp,
    /// That the other end of a FIFO is opened.
    Opening,
    /// A lock, a semaphore or a condition in memory that processes share, or a lock on a file.
    Lock,
    /// A lock or condition in memory of the process's own, or the end of a thread.
    Thread,
    /// A connection, a signal, or something else from outside.
    Other,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum On {
    /// A pipe, by its inode.
    Pipe(u64),
    Fifo(String),
    /// A socket, by the inodes of both ends.
    Socket {
        inode: u64,
        peer: Option<u64>,
    },
    Terminal(String),
    /// A process, or some of the children.
    Process,
    /// A thread of the same process: the one that is joined, or nothing if any thread could end the
    /// wait.
    Thread(Option<i32>),
    /// Memory that processes share, by the name of its mapping.
    Memory(String),
    /// A file that can be locked.
    File(String),
    Eventfd,
    /// An object that the kernel doesn't tell.
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

/// A person, or a thing that is no process, that could end a wait.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outside {
    Time,
    /// A person at this terminal.
    Terminal(String),
    Network,
    /// Anybody who connects to a socket, or sends to it.
    Client,
    Signal,
    /// A device or file.
    Device(String),
}

/// An event that could end a wait, and most likely doesn't happen.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "what", content = "name")]
pub enum Happening {
    /// A process outside of the family opens the FIFO with this name.
    FifoIsOpened(String),
    /// A process outside of the family opens the shared memory with this name.
    SharedByName(String),
    /// A process outside of the family connects to the socket with this name.
    SocketIsConnected(String),
    /// The socket at this descriptor has a timeout (SO_RCVTIMEO, SO_SNDTIMEO).
    SocketTimesOut(String),
}

/// A condition under which a process that is most likely stuck goes on.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Unless {
    pub pid: u32,
    /// The process gets one of these signals, which it handles.
    pub signals: Vec<i32>,
    /// Something else happens.
    pub what: Option<Happening>,
}

impl Wait {
    /// The processes that could end this wait.
    pub fn of(&self) -> impl Iterator<Item = u32> {
        self.things.iter().flat_map(Thing::of).copied()
    }
}

impl Thing {
    /// The processes that could bring the thing.
    pub fn of(&self) -> &[u32] {
        match &self.from {
            From::Processes(pids) | From::Likely(pids) => pids,
            From::Outside(_) | From::Unknown => &[],
        }
    }
}

impl Need {
    /// The need of a wait in this direction.
    pub(super) fn of(direction: Direction) -> Need {
        match direction {
            Direction::Read | Direction::Urgent => Need::Data,
            Direction::Write => Need::Room,
            Direction::RoomOnce | Direction::HangUp => Need::HangUp,
        }
    }
}
