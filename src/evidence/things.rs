//! From a system call to the things it waits for, and the processes that could bring each thing.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::FileTypeExt;

use procfs::process::Process;
use rustix::process::Signal;

use super::call::{Until, Whom};
use super::epoll::{fdinfo, field, is_set};
use super::fill::Fill;
use super::held::What;
use super::holders::{Holders, terminal};
use super::look::{Snapshot, TaskLook, ThreadState};
use super::signals::{Signals, bit};
use super::sockets::Peer;
use super::wait::{Awaited, Direction, From, Happening, Need, On, Outside, Thing, Wait};

/// The folder where servers of Python's multiprocessing (the fork server, managers) have their
/// sockets (util.get_temp_dir()).
const PYTHONS_FOLDER: &str = "/pymp-";
/// Interpreters that implement timeouts themselves, and set none on their sockets (SO_RCVTIMEO).
const GIVES_NO_TIMES: [&str; 2] = ["python", "node"];

const CHILD: Signals = 1 << (Signal::CHILD.as_raw() - 1);
/// Shells, whose handlers for SIGCHLD end no wait.
const SHELLS: [&str; 4] = ["sh", "bash", "dash", "zsh"];

/// What is known of the processes, to tell what the process of `look` waits for.
pub(super) struct Scene<'a> {
    pub look: &'a Snapshot,
    pub looks: &'a BTreeMap<u32, Snapshot>,
    /// The PIDs of the family.
    pub family: &'a BTreeSet<u32>,
    pub holders: &'a Holders,
}

impl Scene<'_> {
    /// What the threads of this process wait for.
    pub(super) fn waits(&self) -> Vec<Wait> {
        let waiting = self.look.threads.iter().filter(|it| it.state == ThreadState::Waits);
        waiting.filter_map(|thread| self.wait(thread)).collect()
    }

    fn wait(&self, thread: &TaskLook) -> Option<Wait> {
        let call = thread.call.as_ref()?;
        let mut things = match &call.until {
            Until::Ready(awaited) => {
                awaited.iter().filter_map(|it| self.readiness(*it, call.name)).collect()
            }
            until => vec![self.thing(thread, call.name, until)],
        };
        if things.is_empty() {
            // Nothing that the call waits for can come any more, so only a signal can end the wait.
            things.push(thing(Need::Other, On::Unknown, From::Outside(Outside::Signal)));
        }
        // A shell's handler for SIGCHLD only notes the child's end, and the shell goes on waiting.
        let is_shell = SHELLS.contains(&self.look.program());
        let noticed = match self.look.catches & CHILD != 0 && !is_shell {
            true => self.children(),
            false => Vec::new(),
        };
        // In a program with an event loop, the handler writes to a pipe of the program's own, which
        // the loop watches.
        let own = From::Processes(vec![self.look.pid]);
        if !noticed.is_empty() && things.iter().any(|it| it.fd.is_some() && it.from == own) {
            let from = From::Processes(noticed.clone());
            things.push(thing(Need::End, On::Process, from));
        }
        Some(Wait {
            pid: self.look.pid,
            tid: thread.tid,
            call: call.name,
            things,
            noticed,
            handled: self.look.handles,
            has_timer: self.look.has_timers,
        })
    }

    fn thing(&self, thread: &TaskLook, call: &str, until: &Until) -> Thing {
        match until {
            Until::Ready(_) | Until::Unknown => thing(Need::Other, On::Unknown, From::Unknown),
            Until::Time => thing(Need::Other, On::Unknown, From::Outside(Outside::Time)),
            Until::Signal(held_back) => {
                self.signal((self.look.catches & CHILD | self.look.handles) & !held_back)
            }
            Until::SignalOf(set) => self.signal(*set),
            Until::ChildEnds(whom) => self.child(*whom),
            Until::Woken { address, is_private, tid } => {
                self.futex(thread, *address, *is_private, *tid)
            }
            Until::Unlocked(fd) => self.file_lock(*fd, call == "flock"),
            // Any process may open a FIFO, even one outside of the family.
            Until::Opened(name) => {
                let unless = Happening::FifoIsOpened(name.clone());
                likely(Need::Opening, On::Fifo(name.clone()), self.others(), unless)
            }
        }
    }

    /// A wait for these signals. A wait for SIGCHLD alone, as a shell's, is one for the end of a
    /// child.
    fn signal(&self, awaited: Signals) -> Thing {
        let children = self.children();
        if awaited == CHILD && !children.is_empty() {
            return thing(Need::End, On::Process, From::Processes(children));
        }
        thing(Need::Other, On::Unknown, From::Outside(Outside::Signal))
    }

    fn child(&self, whom: Whom) -> Thing {
        let from = match whom {
            Whom::Process(pid) => only(self.called(pid).into_iter().collect()),
            Whom::Descriptor(fd) => only(pidfd(self.look.pid, fd).into_iter().collect()),
            Whom::Any => From::Processes(self.children()),
        };
        thing(Need::End, On::Process, from)
    }

    /// The child that has this PID in the process's own PID namespace.
    fn called(&self, pid: u32) -> Option<u32> {
        let Some(level) = self.look.inner_pids.len().checked_sub(1) else {
            return Some(pid);
        };
        let children = self.look.children.iter().filter_map(|it| self.looks.get(it));
        let mut called = children.filter(|it| it.inner_pids.get(level) == Some(&(pid as i32)));
        called.next().map(|it| it.pid)
    }

    /// The other living processes of the family.
    fn others(&self) -> Vec<u32> {
        let others = self.family.iter().copied().filter(|pid| *pid != self.look.pid);
        others.filter(|pid| self.lives(*pid)).collect()
    }

    /// The process's living children.
    fn children(&self) -> Vec<u32> {
        self.look.children.iter().copied().filter(|pid| self.lives(*pid)).collect()
    }

    fn lives(&self, pid: u32) -> bool {
        self.looks.get(&pid).is_none_or(|look| !look.has_ended())
    }

    fn futex(&self, thread: &TaskLook, address: u64, is_private: bool, tid: Option<i32>) -> Thing {
        let pid = self.look.pid;
        let memory = match is_private {
            true => None,
            false => self.holders.of_memory(pid, address),
        };
        if let Some(mut memory) = memory {
            memory.pids.extend(self.hidden(&memory.pids));
            let on = On::Memory(memory.name.clone());
            return match memory.is_named {
                true => likely(Need::Lock, on, memory.pids, Happening::SharedByName(memory.name)),
                false => thing(Need::Lock, on, From::Processes(memory.pids)),
            };
        }
        let mut others = self.look.threads.iter().filter(|it| it.tid != thread.tid);
        let is_joined =
            |it: &&TaskLook| Some(it.inner_tid) == tid && it.state != ThreadState::Ended;
        if let Some(joined) = others.find(is_joined) {
            let on = On::Thread(Some(joined.tid));
            return thing(Need::Thread, on, From::Processes(vec![pid]));
        }
        // A process that shares all memory with this one can wake it, as a thread can.
        let is_near = |it: &&Snapshot| {
            [pid, self.look.parent].contains(&it.parent) || it.pid == self.look.parent
        };
        let near = self.looks.values().filter(is_near);
        let same = near.filter(|it| !it.has_ended() && it.shares_memory_with(self.look));
        let pids = std::iter::once(pid).chain(same.map(|it| it.pid)).collect();
        thing(Need::Thread, On::Thread(None), From::Processes(pids))
    }

    fn file_lock(&self, fd: i32, is_flock: bool) -> Thing {
        let held = self.look.holds.as_ref().and_then(|it| it.get(&fd));
        let path = match held.map(|it| &it.what) {
            Some(What::Path(path)) => path.clone(),
            _ => String::new(),
        };
        let from = only(self.holders.of_lock(self.look.pid, fd, is_flock).unwrap_or_default());
        Thing { fd: Some(fd), ..thing(Need::Lock, On::File(path), from) }
    }

    /// What the call waits for at this descriptor. Nothing if that can't come.
    fn readiness(&self, awaited: Awaited, call: &str) -> Option<Thing> {
        let Awaited { fd, direction } = awaited;
        let held = self.look.holds.as_ref().and_then(|it| it.get(&fd));
        let mut found = match held.map(|held| &held.what) {
            _ if self.look.has_own_tables => thing(Need::of(direction), On::Unknown, From::Unknown),
            Some(What::Kernel(kind)) => self.kernel_thing(kind, fd),
            Some(what @ What::Pipe(inode)) => self.end(what, On::Pipe(*inode), awaited)?,
            Some(What::Socket(inode)) => self.socket(*inode, awaited, call),
            Some(what @ What::Path(path)) => self.path(what, path, awaited)?,
            None => thing(Need::of(direction), On::Unknown, From::Unknown),
        };
        found.fd = Some(fd);
        found.from = match found.from {
            From::Processes(pids) if self.is_own_and_handled(&pids) => {
                From::Outside(Outside::Signal)
            }
            From::Processes(mut pids) => {
                pids.extend(self.hidden(&pids));
                let rings = |it: &u32| self.looks.get(it).is_some_and(|it| it.has_ring);
                match pids.iter().any(rings) && found.needs != Need::End {
                    true => From::Unknown,
                    false => From::Processes(pids),
                }
            }
            from => from,
        };
        Some(found)
    }

    /// Whether only this process has the other end, and a signal handler of the process may write
    /// to it.
    fn is_own_and_handled(&self, pids: &[u32]) -> bool {
        // A handler for SIGALRM is a timer's.
        pids == [self.look.pid] && self.look.handles & !bit(Signal::ALARM.as_raw()) != 0
    }

    /// The other processes of the family that may have the thing open, since the kernel doesn't
    /// tell what they hold.
    fn hidden(&self, known: &[u32]) -> Vec<u32> {
        let looks = self.looks.values();
        let hidden = looks.filter(|it| it.holds.is_none() && !it.has_ended());
        let hidden = hidden.map(|it| it.pid).filter(|pid| self.family.contains(pid));
        hidden.filter(|pid| !known.contains(pid)).collect()
    }

    /// A wait at an end of a pipe or FIFO. The other end is open in some process, or else the wait
    /// would be over.
    fn end(&self, what: &What, on: On, awaited: Awaited) -> Option<Thing> {
        let held = self.look.holds.as_ref()?.get(&awaited.fd)?;
        let (needs, is_read) = match awaited.direction {
            Direction::Urgent => return None,
            Direction::Read if held.reads => (Need::Data, true),
            Direction::Write if held.writes => (Need::Room, false),
            Direction::RoomOnce if held.writes && self.is_full(awaited.fd) => (Need::Room, false),
            _ => (Need::HangUp, held.reads && !held.writes),
        };
        let holders = match is_read {
            true => self.holders.writers(what),
            false => self.holders.readers(what),
        };
        if let (What::Pipe(inode), [server]) = (what, &holders[..])
            && needs == Need::Data
            && let Some(child) = self.forked(*server, *inode)
        {
            return Some(thing(Need::End, On::Process, From::Processes(child)));
        }
        Some(thing(needs, on, only(holders)))
    }

    fn is_full(&self, fd: i32) -> bool {
        Fill::of(self.look.pid, fd).is_none_or(|it| 2 * it.bytes >= it.capacity as u64)
    }

    /// The children of Python's fork server whose end this process waits for: the server tells it
    /// through a pipe that only the server writes to. The child's own pipe was made just after that
    /// pipe, so it has the next inode.
    fn forked(&self, server: u32, inode: u64) -> Option<Vec<u32>> {
        let look = self.looks.get(&server).filter(|it| it.pid != self.look.pid)?;
        let is_servant = look.is_servant(self.looks.get(&look.parent));
        let mut children = look.children.clone();
        children.retain(|it| self.looks.get(it).is_some_and(|it| !it.has_ended()));
        if !is_servant || children.is_empty() {
            return None;
        }
        let neighbours = self.holders.readers(&What::Pipe(inode + 1));
        let it = children.iter().copied().filter(|it| neighbours.contains(it));
        let it: Vec<u32> = it.collect();
        Some(if it.is_empty() { children } else { it })
    }

    fn socket(&self, inode: u64, awaited: Awaited, call: &str) -> Thing {
        let needs = Need::of(awaited.direction);
        let on = |peer| On::Socket { inode, peer };
        match self.holders.peer(inode) {
            Some(Peer::Socket(peer)) => {
                let (holders, on) = (self.holders.of(&What::Socket(peer)), on(Some(peer)));
                match !holders.is_empty() && self.may_time_out(awaited.fd, call) {
                    false => thing(needs, on, only(holders)),
                    true => {
                        let unless = Happening::SocketTimesOut(awaited.fd.to_string());
                        likely(needs, on, holders, unless)
                    }
                }
            }
            // Only the program itself knows the name of its temporary folder, so only the family
            // can connect.
            Some(Peer::Anybody(name)) if name.contains(PYTHONS_FOLDER) => {
                likely(needs, on(None), self.others(), Happening::SocketIsConnected(name))
            }
            Some(Peer::Anybody(_)) => thing(needs, on(None), From::Outside(Outside::Client)),
            Some(Peer::Network) => thing(needs, on(None), From::Outside(Outside::Network)),
            Some(Peer::Nobody) | None => thing(needs, on(None), From::Unknown),
        }
    }

    /// Whether a timeout of the socket may end this call (SO_RCVTIMEO). The kernel doesn't show a
    /// socket's timeouts.
    fn may_time_out(&self, fd: i32, call: &str) -> bool {
        match call {
            "poll" | "select" | "epoll_wait" | "splice" | "tee" => false,
            "read" | "readv" | "write" | "writev" => {
                let program = self.look.program();
                fd > 2 && !GIVES_NO_TIMES.iter().any(|it| program.starts_with(it))
            }
            _ => true,
        }
    }

    fn path(&self, what: &What, path: &str, awaited: Awaited) -> Option<Thing> {
        let Awaited { fd, direction } = awaited;
        let is_fifo = std::fs::metadata(format!("/proc/{}/fd/{fd}", self.look.pid));
        if is_fifo.is_ok_and(|it| it.file_type().is_fifo()) {
            let found = self.end(what, On::Fifo(path.to_owned()), awaited)?;
            // As long as the FIFO has a name, a process outside of the family may open it, too.
            let is_named = !path.ends_with(" (deleted)");
            return Some(match found.from {
                From::Processes(pids) if is_named && !self.is_own_and_handled(&pids) => {
                    likely(found.needs, found.on, pids, Happening::FifoIsOpened(path.to_owned()))
                }
                from => Thing { from, ..found },
            });
        }
        if let Some(sides) = self.other_side(path, fd) {
            let on = On::Terminal(path.to_owned());
            return Some(thing(Need::of(direction), on, From::Processes(sides)));
        }
        let terminals = ["/dev/pts/", "/dev/tty", "/dev/console", "/dev/ptmx"];
        let outside = match terminals.iter().any(|it| path.starts_with(it)) {
            true => Outside::Terminal(path.to_owned()),
            false => Outside::Device(path.to_owned()),
        };
        Some(thing(Need::Other, On::Unknown, From::Outside(outside)))
    }

    /// The processes that have the other side of a pseudoterminal, if all are of the family.
    /// Otherwise a person may sit there.
    fn other_side(&self, path: &str, fd: i32) -> Option<Vec<u32>> {
        let holders = match path.strip_prefix("/dev/pts/").and_then(|it| it.parse().ok()) {
            Some(number) => self.holders.of_terminal(number),
            None if path.ends_with("ptmx") => {
                let number = terminal(self.look.pid, fd)?;
                self.holders.of(&What::Path(format!("/dev/pts/{number}")))
            }
            None => return None,
        };
        let is_family = !holders.is_empty() && holders.iter().all(|it| self.family.contains(it));
        is_family.then_some(holders)
    }

    /// A wait at an eventfd, timerfd, pidfd and the like.
    fn kernel_thing(&self, kind: &str, fd: i32) -> Thing {
        let pid = self.look.pid;
        let is_set = || Process::new(pid as i32).ok().is_none_or(|it| is_set(&it, fd));
        let outside = |it| thing(Need::Other, On::Unknown, From::Outside(it));
        match kind {
            "[eventfd]" => {
                let holders = self.holders.of_eventfd(pid, fd).unwrap_or_default();
                thing(Need::Data, On::Eventfd, only(holders))
            }
            "[pidfd]" => self.child(Whom::Descriptor(fd)),
            "[timerfd]" if is_set() => outside(Outside::Time),
            // A timer that is not set has to be set by a process first. The kernel doesn't tell
            // which processes share this one.
            "[timerfd]" => {
                let holders = self.holders.of(&What::Kernel(kind.into()));
                let holders = holders.into_iter().filter(|it| self.family.contains(it));
                thing(Need::Data, On::Unknown, From::Processes(holders.collect()))
            }
            "[signalfd]" => outside(Outside::Signal),
            "inotify" | "[fanotify]" => outside(Outside::Device(kind.to_owned())),
            _ => thing(Need::Other, On::Unknown, From::Unknown),
        }
    }
}

fn thing(needs: Need, on: On, from: From) -> Thing {
    Thing { needs, on, fd: None, from, unless: None }
}

fn likely(needs: Need, on: On, pids: Vec<u32>, unless: Happening) -> Thing {
    Thing { unless: Some(unless), ..thing(needs, on, From::Likely(pids)) }
}

/// From these processes; unknown if there are none.
fn only(pids: Vec<u32>) -> From {
    if pids.is_empty() { From::Unknown } else { From::Processes(pids) }
}

/// The process of a pidfd, if it lives.
fn pidfd(pid: u32, fd: i32) -> Option<u32> {
    let info = fdinfo(&Process::new(pid as i32).ok()?, fd)?;
    field(&info, "Pid:")?.parse().ok()
}
