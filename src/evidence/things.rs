//! From a system call to what is waited for, and who could bring it.

use std::os::unix::fs::FileTypeExt;

use procfs::process::Process;
use rustix::process::Signal;

use super::call::{Awaited, Direction, Until, Whom};
use super::epoll::fdinfo;
use super::held::What;
use super::holders::Holders;
use super::look::{Snapshot, Task, ThreadState};
use super::sight::Sight;
use super::sockets::Peer;
use super::wait::{From, Need, On, Outside, Thing, Wait};

/// Signals that a program catches to be told something. (The others come from its own faults, from
/// the terminal, or from its children, or belong to the C library.)
const MESSAGES: [Signal; 6] =
    [Signal::HUP, Signal::USR1, Signal::USR2, Signal::TERM, Signal::IO, Signal::CONT];
/// Those that Node has a handler for in every program: for its debugger, and to restore the
/// terminal.
const NODES_OWN: [Signal; 2] = [Signal::USR1, Signal::TERM];
/// The same for processes of ours that stand between others: what they get, they pass on.
const OUR_OWN: [Signal; 1] = [Signal::TERM];
/// Real-time signals that no C library keeps for itself.
const REAL_TIME: std::ops::RangeInclusive<i32> = 35..=64;
/// Signals of timers, of which the kernel tells nothing else (setitimer(2), alarm(2)).
const TIMERS: [Signal; 3] = [Signal::ALARM, Signal::VTALARM, Signal::PROF];

/// Where servers of Python's multiprocessing (the fork server, managers) have their sockets
/// (util.get_temp_dir()).
const PYTHONS_FOLDER: &str = "/pymp-";

/// What the threads of this process wait for.
pub(super) fn waits(look: &Snapshot, sight: &Sight, holders: &Holders) -> Vec<Wait> {
    let of = Of { look, sight, holders };
    let waiting = look.threads.iter().filter(|it| it.state == ThreadState::Waits);
    waiting.filter_map(|thread| of.wait(thread)).collect()
}

struct Of<'a> {
    look: &'a Snapshot,
    sight: &'a Sight,
    holders: &'a Holders<'a>,
}

impl Of<'_> {
    fn wait(&self, thread: &Task) -> Option<Wait> {
        let call = thread.call.as_ref()?;
        let mut things = match &call.until {
            Until::Ready(awaited) => awaited.iter().map(|it| self.readiness(*it)).collect(),
            until => vec![self.thing(until)],
        };
        if things.is_empty() {
            // All that it was to wait for has been taken away from it.
            things.push(thing(Need::Other, On::Unknown, From::Outside(Outside::Signal)));
        }
        let noticed = match self.look.catches(Signal::CHILD.as_raw()) {
            true => self.children(|_| true),
            false => Vec::new(),
        };
        // Programs with a loop of events have the handler write to a pipe of their own, for which
        // they wait, too.
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
            has_timer: self.has_timer(),
        })
    }

    fn thing(&self, until: &Until) -> Thing {
        match until {
            Until::Ready(_) | Until::Unknown => thing(Need::Other, On::Unknown, From::Unknown),
            Until::Time => thing(Need::Other, On::Unknown, From::Outside(Outside::Time)),
            Until::Signal => self.signal(),
            Until::ChildEnds(whom) => self.child(*whom),
            Until::ThreadEnds(tid) => {
                let from = From::Processes(vec![self.look.pid]);
                thing(Need::Thread, On::Thread(Some(*tid)), from)
            }
            Until::Woken { address, is_private, owner } => {
                self.futex(*address, *is_private, *owner)
            }
            Until::Unlocked(fd) => self.file_lock(*fd),
            Until::Opened { name, .. } => {
                // Anybody may open it, and of those outside it is not known who would.
                thing(Need::Opening, On::Fifo(name.clone()), From::Likely(self.others()))
            }
        }
    }

    fn signal(&self) -> Thing {
        let children = self.children(|_| true);
        let notices = self.look.catches(Signal::CHILD.as_raw()) && !children.is_empty();
        if notices && !self.takes_messages() {
            // A shell waits for its children this way.
            return thing(Need::End, On::Process, From::Likely(children));
        }
        thing(Need::Other, On::Unknown, From::Outside(Outside::Signal))
    }

    fn child(&self, whom: Whom) -> Thing {
        let from = match whom {
            Whom::Process(pid) => From::Processes(vec![pid]),
            Whom::Descriptor(fd) => match pidfd(self.look.pid, fd) {
                Some(pid) => From::Processes(vec![pid]),
                None => From::Unknown,
            },
            Whom::Group(group) => From::Processes(self.children(|it| it.group == group)),
            Whom::OwnGroup => From::Processes(self.children(|it| it.group == self.look.group)),
            Whom::Any => From::Processes(self.children(|_| true)),
        };
        thing(Need::End, On::Process, from)
    }

    /// The others of its family.
    fn others(&self) -> Vec<u32> {
        let family = self.sight.family().map(|it| it.pid);
        family.filter(|pid| *pid != self.look.pid).collect()
    }

    /// Its children that live.
    fn children(&self, is_meant: impl Fn(&Snapshot) -> bool) -> Vec<u32> {
        let children = self.look.children.iter();
        let children = children.filter(|pid| match self.sight.look(**pid) {
            Some(child) => !child.has_ended() && is_meant(child),
            None => true,
        });
        children.copied().collect()
    }

    fn futex(&self, address: u64, is_private: bool, owner: Option<i32>) -> Thing {
        let pid = self.look.pid;
        if let Some(owner) = owner {
            let tasks = &self.look.threads;
            if tasks.iter().any(|it| it.tid == owner) {
                let on = On::Thread(Some(owner));
                return thing(Need::Thread, on, From::Processes(vec![pid]));
            }
        }
        let own = || thing(Need::Thread, On::Thread(None), From::Processes(vec![pid]));
        if is_private {
            return own();
        }
        match self.holders.of_memory(pid, address) {
            Some((name, pids)) => thing(Need::Lock, On::Memory(name), From::Processes(pids)),
            None => own(),
        }
    }

    fn file_lock(&self, fd: i32) -> Thing {
        let held = self.look.holds.as_ref().and_then(|it| it.get(&fd));
        let Some(held) = held else {
            return thing(Need::Lock, On::Unknown, From::Unknown);
        };
        let path = match &held.what {
            What::Path(path) => path.clone(),
            _ => String::new(),
        };
        let is_open_at = |pid: u32| self.holders.of(&held.what).contains(&pid);
        let holder = self.holders.of_lock(self.look.pid);
        let from = match holder {
            Some(pid) if is_open_at(pid) => From::Processes(vec![pid]),
            // Whoever took it is gone, or the kernel doesn't say who did; but somebody still has
            // the file open.
            _ => {
                let mut pids = self.holders.of(&held.what);
                pids.retain(|pid| *pid != self.look.pid);
                From::Likely(pids)
            }
        };
        Thing { fd: Some(fd), ..thing(Need::Lock, On::File(path), from) }
    }

    fn readiness(&self, awaited: Awaited) -> Thing {
        let Awaited { fd, way } = awaited;
        let held = self.look.holds.as_ref().and_then(|it| it.get(&fd));
        let (needs, (on, from)) = match held.map(|held| &held.what) {
            Some(What::Kernel(kind)) => self.kernel_thing(kind, fd),
            Some(what @ What::Pipe(inode)) => {
                (Need::of(way), (On::Pipe(*inode), self.ends(what, way)))
            }
            Some(What::Socket(inode)) => (Need::of(way), self.socket(*inode)),
            Some(what @ What::Path(path)) => (Need::of(way), self.path(what, path, awaited)),
            None => (Need::of(way), (On::Unknown, From::Unknown)),
        };
        let from = match from {
            // Nobody but itself: then somebody from outside may be what it waits for.
            From::Processes(pids) if pids == [self.look.pid] && self.takes_messages() => {
                From::Outside(Outside::Signal)
            }
            from => from,
        };
        Thing { needs, on, fd: Some(fd), from }
    }

    /// Who has the other end of a pipe or FIFO. There is somebody, or else the wait would be over.
    fn ends(&self, what: &What, way: Direction) -> From {
        let holders = match way {
            Direction::Read => self.holders.writers(what),
            Direction::Write => self.holders.readers(what),
        };
        match holders.is_empty() {
            true => From::Unknown,
            false => From::Processes(holders),
        }
    }

    fn socket(&self, inode: u64) -> (On, From) {
        let on = |peer| On::Socket { inode, peer };
        match self.holders.peer(inode) {
            Some(Peer::Socket(peer)) => {
                let holders = self.holders.of(&What::Socket(peer));
                let from = match holders.is_empty() {
                    true => From::Unknown,
                    false => From::Processes(holders),
                };
                (on(Some(peer)), from)
            }
            // Only the program itself knows the way into the folder that Python's multiprocessing
            // has made for it.
            Some(Peer::Anybody(name)) if name.contains(PYTHONS_FOLDER) => {
                (on(None), From::Likely(self.others()))
            }
            Some(Peer::Anybody(_)) => (on(None), From::Outside(Outside::Client)),
            Some(Peer::Network) => (on(None), From::Outside(Outside::Network)),
            Some(Peer::Nobody) | None => (on(None), From::Unknown),
        }
    }

    fn path(&self, what: &What, path: &str, awaited: Awaited) -> (On, From) {
        let Awaited { fd, way } = awaited;
        let is_fifo = std::fs::metadata(format!("/proc/{}/fd/{fd}", self.look.pid));
        if is_fifo.is_ok_and(|it| it.file_type().is_fifo()) {
            let from = match self.ends(what, way) {
                // As long as it has a name, somebody from outside may open it, too.
                From::Processes(pids) if !path.ends_with(" (deleted)") => From::Likely(pids),
                from => from,
            };
            return (On::Fifo(path.to_owned()), from);
        }
        let terminals = ["/dev/pts/", "/dev/tty", "/dev/console", "/dev/ptmx"];
        let outside = match terminals.iter().any(|it| path.starts_with(it)) {
            true => Outside::Terminal(path.to_owned()),
            false => Outside::Device(path.to_owned()),
        };
        (On::Unknown, From::Outside(outside))
    }

    /// Something that is the kernel's own.
    fn kernel_thing(&self, kind: &str, fd: i32) -> (Need, (On, From)) {
        let pid = self.look.pid;
        match kind {
            "[eventfd]" => {
                let holders = self.holders.of_eventfd(pid, fd);
                let from = holders.map_or(From::Unknown, From::Processes);
                (Need::Data, (On::Eventfd, from))
            }
            "[pidfd]" => {
                let from = pidfd(pid, fd).map_or(From::Unknown, |it| From::Processes(vec![it]));
                (Need::End, (On::Process, from))
            }
            "[timerfd]" if is_set(pid, fd) => {
                let from = From::Outside(Outside::Time);
                (Need::Other, (On::Unknown, from))
            }
            // One that is not set has to be set by somebody first.
            "[timerfd]" => {
                let from = From::Processes(vec![pid]);
                (Need::Data, (On::Unknown, from))
            }
            "[signalfd]" => {
                let from = From::Outside(Outside::Signal);
                (Need::Other, (On::Unknown, from))
            }
            "inotify" | "[fanotify]" => {
                let from = From::Outside(Outside::Device(kind.to_owned()));
                (Need::Other, (On::Unknown, from))
            }
            _ => (Need::Other, (On::Unknown, From::Unknown)),
        }
    }

    /// Whether a signal may be what it waits for.
    fn takes_messages(&self) -> bool {
        let own = match self.look.program() {
            "node" => &NODES_OWN[..],
            "mp-demo" => &OUR_OWN,
            _ => &[],
        };
        let of_program = MESSAGES.iter().filter(|it| !own.contains(it));
        of_program.map(|it| it.as_raw()).chain(REAL_TIME).any(|signal| self.look.catches(signal))
    }

    /// Whether the clock may wake it, whatever else it waits for.
    fn has_timer(&self) -> bool {
        let is_caught = |it: &Signal| self.look.catches(it.as_raw());
        self.look.has_timers || TIMERS.iter().any(is_caught)
    }
}

fn thing(needs: Need, on: On, from: From) -> Thing {
    Thing { needs, on, fd: None, from }
}

/// The process that a pidfd stands for, if it lives.
fn pidfd(pid: u32, fd: i32) -> Option<u32> {
    let info = fdinfo(&Process::new(pid as i32).ok()?, fd)?;
    let pid = info.lines().find_map(|line| line.strip_prefix("Pid:"))?;
    pid.trim().parse().ok()
}

/// Whether a timerfd is set.
fn is_set(pid: u32, fd: i32) -> bool {
    let process = Process::new(pid as i32);
    let info = process.ok().and_then(|process| fdinfo(&process, fd));
    // it_value: (seconds, nanoseconds)
    info.is_none_or(|info| {
        let value = info.lines().find_map(|line| line.strip_prefix("it_value:"));
        value.is_none_or(|value| value.trim() != "(0, 0)")
    })
}
