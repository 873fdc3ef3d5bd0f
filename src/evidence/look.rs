//! One look at a process.

use std::collections::HashMap;
use std::io::Read;

use procfs::process::{Process, Status, Syscall};

use super::call::SystemCall;
use super::epoll::{fdinfo, field};
use super::held::{Held, What, held_by};
use super::signals::{self, Signals};

/// Two stack pointers less than this many bytes apart are in the same stack, or in copies of it.
const STACK: u64 = 4096;

/// One look at a process.
pub struct Snapshot {
    pub pid: u32,
    /// The start time, in clock ticks since boot: tells the process from a later one with the same
    /// PID.
    pub started: u64,
    pub parent: u32,
    pub group: i32,
    /// The command line; the program's name if there is none.
    pub command: Vec<String>,
    pub threads: Vec<TaskLook>,
    /// The open descriptors. Nothing where the kernel doesn't tell.
    pub holds: Option<HashMap<i32, Held>>,
    /// The children's PIDs, in the order of their starts.
    pub children: Vec<u32>,
    /// The signals that have a handler.
    pub catches: Signals,
    /// The signals that the program itself handles, not its runtime, and that are not blocked in
    /// every thread.
    pub handles: Signals,
    /// The wait status, if the process is a zombie.
    pub wait_status: Option<i32>,
    /// The PIDs in the namespaces below this one, if any; the last one is that of getpid(2).
    pub inner_pids: Vec<i32>,
    /// The size of the memory, and how much of it is resident: the same in processes that share all
    /// memory (CLONE_VM).
    memory: (u64, u64),
    /// Whether an io_uring(7) of the process has a request in flight.
    pub has_ring: bool,
    /// Whether a thread has a descriptor table of its own (without CLONE_FILES).
    pub has_own_tables: bool,
    /// Whether a timer of the process is set (timer_create(2)).
    pub has_timers: bool,
    /// The effective user ID.
    pub user: u32,
}

/// One look at a thread.
#[derive(Clone, PartialEq, Eq)]
pub struct TaskLook {
    pub tid: i32,
    /// The thread's ID in its own PID namespace.
    pub inner_tid: i32,
    pub name: String,
    pub state: ThreadState,
    /// The call in which the thread waits. Nothing where the kernel doesn't tell.
    pub call: Option<SystemCall>,
    /// The blocked signals.
    blocked: Signals,
    /// The stack pointer.
    pub(super) stack: u64,
    /// The number of context switches, voluntary and involuntary.
    pub switches: u64,
    /// The processor time, in the kernel's ticks.
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

impl TaskLook {
    /// Whether this thread of the process has done nothing since this look.
    pub(super) fn is_still(&self, process: &Process) -> bool {
        let status = process.task_from_tid(self.tid).and_then(|it| it.status());
        status.is_ok_and(|it| !it.state.starts_with('R') && switches(&it) == self.switches)
    }
}

impl Snapshot {
    /// Looks at the process with this PID. Nothing if it is gone, or if it may not be looked at at
    /// all.
    pub fn at(pid: u32) -> Option<Snapshot> {
        // This holds a descriptor of `/proc/PID`: all that is read through it is of one process,
        // even if the PID is reused meanwhile.
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
            let inner = status.nspid.clone().unwrap_or_default();
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
                // The thread has woken since its state was read.
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
                switches: switches(&status),
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

    /// Whether the process has done anything since an earlier look.
    pub fn moved_since(&self, earlier: &Snapshot) -> bool {
        self.started != earlier.started || self.threads != earlier.threads
    }

    /// Whether the two processes seem to share all memory (CLONE_VM): its size is the same, and no
    /// two threads have their stacks at the same place, as copies have.
    pub fn shares_memory_with(&self, other: &Snapshot) -> bool {
        let is_near = |a: &TaskLook, b: &TaskLook| a.stack.abs_diff(b.stack) < STACK;
        let mut pairs = self.threads.iter().flat_map(|a| other.threads.iter().map(move |b| (a, b)));
        self.pid != other.pid && self.memory == other.memory && !pairs.any(|(a, b)| is_near(a, b))
    }

    pub fn is_python(&self) -> bool {
        self.program().starts_with("python")
    }

    /// Whether this process is Python's resource tracker or fork server, and no part of the
    /// program. (The fork server's children have its command line, too.)
    pub fn is_servant(&self, parent: Option<&Snapshot>) -> bool {
        let runs = |module| self.is_python() && self.command.iter().any(|it| it.contains(module));
        let is_copy = parent.is_some_and(|it| it.command == self.command);
        runs("multiprocessing.resource_tracker") || (runs("multiprocessing.forkserver") && !is_copy)
    }

    /// The program's file name, from the command line.
    pub fn program(&self) -> &str {
        let first = self.command.first().map_or("", String::as_str);
        first.rsplit('/').next().unwrap_or(first)
    }
}

/// What the kernel shows of a process to every user.
pub struct ProcessSummary {
    /// `S` sleeping, `R` running, `Z` zombie, and the others of proc(5).
    pub state: char,
    /// The resident memory in KiB; nothing if the process has no memory any more.
    pub kib: Option<u64>,
    pub parent: u32,
    /// A zombie's wait status, as waitpid(2) will give it to the parent.
    pub wait_status: Option<i32>,
}

impl ProcessSummary {
    /// The summary of the process with this PID, which may be a zombie; nothing if there is none.
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

/// The number of the signal that has stopped this process, if it is stopped. The process need not
/// be a child of this one.
pub fn stopped_by(pid: u32) -> Option<i32> {
    let stat = Process::new(i32::try_from(pid).ok()?).ok()?.stat().ok()?;
    // For a stopped process, the kernel shows the signal in the field of the exit code.
    stat.exit_code.filter(|signal| *signal > 0 && stat.state == 'T')
}

/// The number of context switches, voluntary and involuntary.
fn switches(status: &Status) -> u64 {
    status.voluntary_ctxt_switches.unwrap_or_default()
        + status.nonvoluntary_ctxt_switches.unwrap_or_default()
}

/// Whether the process's system calls have the same numbers as ours: those of a 32-bit program
/// differ on a 64-bit machine.
fn has_our_calls(process: &Process) -> bool {
    const ELF_CLASS: usize = 4;
    let ours: u8 = if cfg!(target_pointer_width = "64") { 2 } else { 1 };
    let mut header = [0; ELF_CLASS + 1];
    let program = process.open_relative("exe");
    program.is_ok_and(|mut it| it.read_exact(&mut header).is_ok()) && header[ELF_CLASS] == ours
}

/// How many descriptors this thread has. (Before Linux 6.2, the kernel always says 0.)
fn count_of_descriptors(pid: u32, tid: i32) -> Option<u64> {
    std::fs::metadata(format!("/proc/{pid}/task/{tid}/fd")).ok().map(|it| it.len())
}

/// Whether an io_uring(7) of this process has a request in flight.
fn has_ring(process: &Process, holds: &HashMap<i32, Held>) -> bool {
    let rings = holds.iter().filter(|(_, it)| it.what == What::Kernel("[io_uring]".into()));
    let is_at_work = |fd: i32| {
        let info = fdinfo(process, fd)?;
        Some(field(&info, "SqHead:")? != field(&info, "CachedCqTail:")?)
    };
    rings.map(|(fd, _)| *fd).any(|fd| is_at_work(fd).unwrap_or(true))
}

/// Whether the process has set a timer; false where the kernel doesn't tell. Then a handler for the
/// timer's signal still counts.
fn has_timers(process: &Process) -> bool {
    let mut first = [0; 1];
    let timers = process.open_relative("timers");
    timers.is_ok_and(|mut it| it.read(&mut first).is_ok_and(|length| length > 0))
}
