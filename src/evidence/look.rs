//! One look at a process.

use std::collections::HashMap;
use std::io::Read;

use procfs::process::{Process, Syscall};

use super::call::SystemCall;
use super::epoll::{fdinfo, field};
use super::held::{Held, What, held_by};
use super::signals::{self, Signals};

/// Stacks that are less than so many bytes apart are the same one, or copies.
const STACK: u64 = 4096;

/// One look at a process.
pub struct Snapshot {
    pub pid: u32,
    /// When it was started, in clock ticks since the machine's start: tells it from a later one
    /// with the same PID.
    pub started: u64,
    pub parent: u32,
    pub group: i32,
    /// Its command line; the name of the program if it has none.
    pub command: Vec<String>,
    pub threads: Vec<TaskLook>,
    /// What it holds, by descriptor. Nothing where the kernel doesn't tell.
    pub holds: Option<HashMap<i32, Held>>,
    /// In the order of their starts.
    pub children: Vec<u32>,
    /// The signals that it has a handler for.
    pub catches: Signals,
    /// Those of them that it handles for a reason of its own, and that can reach it.
    pub handles: Signals,
    /// Its wait status, if it has ended and its parent has not asked for it.
    pub wait_status: Option<i32>,
    /// Its PIDs in the namespaces below this one, if it is in one; the last one is what it calls
    /// itself.
    pub inner_pids: Vec<i32>,
    /// How large its memory is, and how much of it is there: the same in processes that share all
    /// of it (CLONE_VM).
    memory: (u64, u64),
    /// The kernel still works for it (io_uring(7)).
    pub has_ring: bool,
    /// Some thread has descriptors of its own (CLONE_FILES).
    pub has_own_tables: bool,
    /// A timer of its own is set (timer_create(2)).
    pub has_timers: bool,
    /// The user whose process it is.
    pub user: u32,
}

/// One look at a thread.
#[derive(Clone, PartialEq, Eq)]
pub struct TaskLook {
    pub tid: i32,
    /// What it calls itself, if it is in a namespace below this one; or else its ID.
    pub inner_tid: i32,
    pub name: String,
    pub state: ThreadState,
    /// The call in which it waits. Nothing where the kernel doesn't tell.
    pub call: Option<SystemCall>,
    /// The signals that it holds back.
    blocked: Signals,
    /// Where its stack is.
    stack: u64,
    /// How often it has begun to wait, or was made to.
    pub switches: u64,
    /// Its processor time, in the kernel's ticks.
    pub ticks: u64,
}

/// What a thread does, as proc(5) has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ThreadState {
    /// It waits, and a signal would wake it.
    Waits,
    /// A signal has stopped it.
    Stopped,
    Ended,
    /// It runs, or is about to, or waits for a device.
    Runs,
    /// A debugger decides when it goes on.
    Debugged,
}

impl Snapshot {
    /// Looks at the process with this PID. Nothing if it is gone, or if it may not be looked at at
    /// all.
    pub fn at(pid: u32) -> Option<Snapshot> {
        // What is read through this is all of one process, even if its PID is given to another one
        // meanwhile.
        let process = Process::new(i32::try_from(pid).ok()?).ok()?;
        let stat = process.stat().ok()?;
        let holds = held_by(&process);
        let mut look = Snapshot {
            pid,
            started: stat.starttime,
            parent: stat.ppid as u32,
            group: stat.pgrp,
            command: process.cmdline().unwrap_or_default(),
            threads: Vec::new(),
            has_ring: holds.as_ref().is_some_and(|it| has_ring(&process, it)),
            holds,
            children: Vec::new(),
            catches: 0,
            handles: 0,
            wait_status: stat.exit_code.filter(|_| stat.state == 'Z'),
            inner_pids: Vec::new(),
            memory: (stat.vsize, stat.rss),
            has_own_tables: false,
            has_timers: has_timers(&process),
            user: process.uid().ok()?,
        };
        if look.command.is_empty() {
            look.command.push(stat.comm);
        }
        let has_our_calls = has_our_calls(&process);
        for task in process.tasks().ok()?.flatten() {
            look.children.extend(task.children().unwrap_or_default());
            let (Ok(stat), Ok(status)) = (task.stat(), task.status()) else {
                continue;
            };
            look.catches |= status.sigcgt;
            // (This process opens files just now.)
            look.has_own_tables |= pid != std::process::id()
                && task.tid as u32 != pid
                && count_of_descriptors(pid, pid as i32) != count_of_descriptors(pid, task.tid);
            let inner = status.nspid.unwrap_or_default();
            let inner_tid = inner.last().copied().unwrap_or(task.tid);
            if task.tid as u32 == pid {
                look.inner_pids = inner.into_iter().skip(1).collect();
            }
            let syscall = task.syscall().ok().filter(|_| has_our_calls);
            let (is_in_call, stack) = match syscall {
                Some(Syscall::Blocked { syscall_number, stack_pointer, .. }) => {
                    (syscall_number >= 0, stack_pointer)
                }
                Some(_) => (false, 0),
                None => (true, 0),
            };
            let state = match stat.state {
                _ if status.tracerpid != 0 => ThreadState::Debugged,
                // It has woken since.
                'S' if !is_in_call => ThreadState::Runs,
                'S' => ThreadState::Waits,
                'T' => ThreadState::Stopped,
                'Z' | 'X' => ThreadState::Ended,
                _ => ThreadState::Runs,
            };
            look.threads.push(TaskLook {
                tid: task.tid,
                inner_tid,
                name: stat.comm,
                state,
                call: syscall.and_then(|it| {
                    SystemCall::decode(&it, &process, look.holds.as_ref()?, status.sigcgt)
                }),
                blocked: status.sigblk,
                stack,
                switches: status.voluntary_ctxt_switches.unwrap_or_default()
                    + status.nonvoluntary_ctxt_switches.unwrap_or_default(),
                ticks: stat.utime + stat.stime,
            });
        }
        if look.catches != 0 {
            let alive = look.threads.iter().filter(|it| it.state != ThreadState::Ended);
            let blocked: Vec<_> = alive.map(|it| it.blocked).collect();
            let exe = process.exe().ok();
            let name = exe.as_ref().and_then(|it| it.file_name()?.to_str());
            look.handles = signals::own(name.unwrap_or(look.program()), look.catches, &blocked);
        }
        Some(look)
    }

    /// Whether the process is over.
    pub fn has_ended(&self) -> bool {
        self.threads.iter().all(|it| it.state == ThreadState::Ended)
    }

    /// Whether it has done anything since an earlier look.
    pub fn moved_since(&self, earlier: &Snapshot) -> bool {
        self.started != earlier.started || self.threads != earlier.threads
    }

    /// Whether it seems to share all its memory with that one (CLONE_VM): as much of it, and no two
    /// threads with their stacks at the same place, as copies have.
    pub fn shares_memory_with(&self, other: &Snapshot) -> bool {
        let is_near = |a: &TaskLook, b: &TaskLook| a.stack.abs_diff(b.stack) < STACK;
        let mut pairs = self.threads.iter().flat_map(|a| other.threads.iter().map(move |b| (a, b)));
        self.pid != other.pid && self.memory == other.memory && !pairs.any(|(a, b)| is_near(a, b))
    }

    pub fn is_python(&self) -> bool {
        self.program().starts_with("python")
    }

    /// Whether this process serves Python's `multiprocessing`, and is no part of the program:
    /// the tracker of resources, or the server that forks. (The children of that one have its
    /// command line, too.)
    pub fn is_servant(&self, parent: Option<&Snapshot>) -> bool {
        let runs = |module| self.is_python() && self.command.iter().any(|it| it.contains(module));
        let is_copy = parent.is_some_and(|it| it.command == self.command);
        runs("multiprocessing.resource_tracker") || (runs("multiprocessing.forkserver") && !is_copy)
    }

    /// The file name of the program that it runs, as its command line has it.
    pub fn program(&self) -> &str {
        let first = self.command.first().map_or("", String::as_str);
        first.rsplit('/').next().unwrap_or(first)
    }
}

/// What the kernel shows everybody of a process.
pub struct ProcessSummary {
    /// `S` sleeping, `R` running, `Z` zombie, and the others of proc(5).
    pub state: char,
    /// How much memory it has, in KiB; nothing if it has none any more.
    pub kib: Option<u64>,
    pub parent: u32,
    /// If it is a zombie, its wait status, as waitpid(2) gives it: what only its parent can take
    /// from there.
    pub wait_status: Option<i32>,
}

impl ProcessSummary {
    /// Of the process with this PID, be it a zombie; nothing if there is none.
    pub fn of(pid: u32) -> Option<ProcessSummary> {
        let stat = Process::new(i32::try_from(pid).ok()?).ok()?.stat().ok()?;
        let is_zombie = stat.state == 'Z';
        let kib = stat.rss * rustix::param::page_size() as u64 / 1024;
        Some(ProcessSummary {
            state: stat.state,
            kib: (!is_zombie).then_some(kib),
            parent: stat.ppid as u32,
            wait_status: stat.exit_code.filter(|_| is_zombie),
        })
    }
}

/// The number of the signal that has stopped this process, if it is stopped. It may be anybody's,
/// not only a child.
pub fn stopped_by(pid: u32) -> Option<i32> {
    let stat = Process::new(i32::try_from(pid).ok()?).ok()?.stat().ok()?;
    // In a stopped process, the kernel shows the signal where later the exit status stands.
    stat.exit_code.filter(|signal| *signal > 0 && stat.state == 'T')
}

/// Whether its system calls have the numbers that they have here: a 32-bit program's differ on a
/// 64-bit machine.
fn has_our_calls(process: &Process) -> bool {
    const ELF_CLASS: usize = 4;
    let ours: u8 = if cfg!(target_pointer_width = "64") { 2 } else { 1 };
    let mut header = [0; ELF_CLASS + 1];
    let program = process.open_relative("exe");
    program.is_ok_and(|mut it| it.read_exact(&mut header).is_ok()) && header[ELF_CLASS] == ours
}

/// How many descriptors this thread has. (Before Linux 6.2, the kernel says 0 of all.)
fn count_of_descriptors(pid: u32, tid: i32) -> Option<u64> {
    std::fs::metadata(format!("/proc/{pid}/task/{tid}/fd")).ok().map(|it| it.len())
}

/// Whether some io_uring(7) of this process has taken a request that it has not answered yet.
fn has_ring(process: &Process, holds: &HashMap<i32, Held>) -> bool {
    let rings = holds.iter().filter(|(_, it)| it.what == What::Kernel("[io_uring]".into()));
    let is_at_work = |fd: i32| {
        let info = fdinfo(process, fd)?;
        Some(field(&info, "SqHead:")? != field(&info, "CachedCqTail:")?)
    };
    rings.map(|(fd, _)| *fd).any(|fd| is_at_work(fd).unwrap_or(true))
}

/// Whether it has set a timer. Where the kernel doesn't tell, a handler for the timer's signal
/// still does.
fn has_timers(process: &Process) -> bool {
    let mut first = [0; 1];
    let timers = process.open_relative("timers");
    timers.is_ok_and(|mut it| it.read(&mut first).is_ok_and(|length| length > 0))
}
