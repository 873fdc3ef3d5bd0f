//! What the kernel says of processes: whether they move, in which calls they wait, and who holds which end of a pipe. It
//! comes from `/proc` (proc(5)), and to look changes nothing. This module knows neither lessons nor views.

mod call;
mod fill;

use std::collections::HashMap;
use std::io::{Read, Seek, SeekFrom};

use procfs::process::{FDPermissions, FDTarget, Process, Task};

pub use call::{Call, Until};
pub use fill::Fill;

/// One look at a process.
pub struct Look {
    /// Its threads.
    pub threads: Vec<Thread>,
    /// What it holds, by descriptor. Nothing where the kernel doesn't tell.
    pub holds: Option<HashMap<i32, Held>>,
    /// Its own children.
    pub children: Vec<u32>,
}

/// One look at a thread.
#[derive(Clone, PartialEq, Eq)]
pub struct Thread {
    /// Its ID.
    pub tid: i32,
    /// Its name.
    pub name: String,
    /// What it does.
    pub state: State,
    /// The call in which it waits. Nothing where the kernel doesn't tell.
    pub call: Option<Call>,
    /// What changes when it moves: how often it has begun to wait, or was made to, and its processor time.
    moved: (u64, u64, u64),
}

/// What a thread does, as proc(5) has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// It waits, and a signal would wake it.
    Waits,
    /// A signal or a debugger has stopped it.
    Stopped,
    /// It has ended.
    Ended,
    /// It runs, or is about to, or waits for a device.
    Runs,
}

/// What a descriptor is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Held {
    /// The inode of a pipe or socket; 0 for other things.
    pub inode: u64,
    /// One can read from it.
    pub reads: bool,
    /// One can write to it.
    pub writes: bool,
}

impl Look {
    /// Looks at the process with this PID. Nothing if it is gone, or if it may not be looked at at all.
    pub fn at(pid: u32) -> Option<Look> {
        let process = Process::new(pid as i32).ok()?;
        let mut look = Look {
            threads: Vec::new(),
            holds: held_by(&process),
            children: Vec::new(),
        };
        for task in process.tasks().ok()?.flatten() {
            look.children.extend(task.children().unwrap_or_default());
            look.threads.extend(Thread::look(&task, &process));
        }
        Some(look)
    }

    /// Whether the process is over.
    pub fn has_ended(&self) -> bool {
        self.threads.iter().all(|it| it.state == State::Ended)
    }

    /// Whether it has done anything since an earlier look.
    pub fn moved_since(&self, earlier: &Look) -> bool {
        self.threads != earlier.threads
    }
}

/// The number of the signal that has stopped this process, if it is stopped. It may be anybody's, not only a child.
pub fn stopped_by(pid: u32) -> Option<i32> {
    let stat = Process::new(pid as i32).ok()?.stat().ok()?;
    // In a stopped process, the kernel shows the signal where later the exit status stands.
    let signal = stat.exit_code.filter(|signal| *signal > 0);
    signal.filter(|_| stat.state == 'T')
}

impl Thread {
    fn look(task: &Task, process: &Process) -> Option<Thread> {
        let (stat, status) = (task.stat().ok()?, task.status().ok()?);
        // A debugger decides when it goes on.
        let state = match stat.state {
            _ if status.tracerpid != 0 => State::Runs,
            'S' => State::Waits,
            'T' | 't' => State::Stopped,
            'Z' | 'X' => State::Ended,
            _ => State::Runs,
        };
        let call = task
            .syscall()
            .ok()
            .and_then(|it| Call::decode(&it, process));
        Some(Thread {
            tid: task.tid,
            name: stat.comm,
            state,
            call,
            moved: (
                status.voluntary_ctxt_switches.unwrap_or_default(),
                status.nonvoluntary_ctxt_switches.unwrap_or_default(),
                stat.utime + stat.stime,
            ),
        })
    }
}

fn held_by(process: &Process) -> Option<HashMap<i32, Held>> {
    let held = process.fd().ok()?.flatten().map(|info| {
        let inode = match info.target {
            FDTarget::Pipe(inode) | FDTarget::Socket(inode) => inode,
            _ => 0,
        };
        let held = Held {
            inode,
            reads: info.mode().contains(FDPermissions::READ),
            writes: info.mode().contains(FDPermissions::WRITE),
        };
        (info.fd, held)
    });
    Some(held.collect())
}

/// Reads another process's memory.
fn memory(process: &Process, address: u64, length: usize) -> Option<Vec<u8>> {
    let mut memory = process.mem().ok()?;
    memory.seek(SeekFrom::Start(address)).ok()?;
    let mut bytes = vec![0; length];
    memory.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests;
