//! Which processes have which files, locks and memory.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::os::unix::fs::{DirEntryExt as _, MetadataExt as _};
use std::rc::Rc;

use procfs::process::{MMPermissions, MMapPath, Process, all_processes};

use super::epoll::{eventfd_id, fdinfo, field};
use super::held::{What, held_by};
use super::look::Snapshot;
use super::onlooker::Onlooker;
use super::sockets::{self, Peer};

/// Where named semaphores are.
const SHARED_MEMORY: &str = "/dev/shm";
/// The name of the mapping that aio(7) makes in a process.
const AIO: &str = "/[aio]";

/// The kernel's ID of each eventfd, by PID and descriptor, and the processes that have each ID.
type Eventfds = (HashMap<(u32, i32), u64>, HashMap<u64, Vec<u32>>);

/// The files, locks and memory of all processes that this one may look at.
#[derive(Default)]
pub(super) struct Holders {
    by_thing: HashMap<What, Vec<DescriptorHolder>>,
    pids: Vec<u32>,
    // Each of these is read when a process waits for something of that kind.
    eventfds: OnceCell<Eventfds>,
    /// The processes that hold each lock on a file, by the kernel's line about the lock.
    locks: OnceCell<HashMap<String, Vec<u32>>>,
    peers: OnceCell<Option<HashMap<u64, Peer>>>,
    mappings: RefCell<HashMap<u32, Rc<Vec<Mapping>>>>,
}

/// A process that holds something.
#[derive(Clone, Copy)]
struct DescriptorHolder {
    pid: u32,
    fd: i32,
    reads: bool,
    writes: bool,
}

/// A mapping of a process's memory that other processes may share.
struct Mapping {
    from: u64,
    to: u64,
    what: (i32, i32, u64),
    name: String,
}

/// Memory that processes share.
pub(super) struct SharedMemory {
    pub name: String,
    /// Whether the memory has a name by which other processes can still open it.
    pub is_named: bool,
    pub pids: Vec<u32>,
}

impl Holders {
    /// Asks the kernel about all processes, except those in `looks`, which have the answer.
    pub fn of_all(looks: &BTreeMap<u32, Snapshot>, onlooker: Onlooker) -> Holders {
        let mut all = Holders::default();
        for process in all_processes().into_iter().flatten().flatten() {
            let pid = process.pid as u32;
            if onlooker.is_stranger(pid) {
                continue;
            }
            all.pids.push(pid);
            let asked;
            let holds = match looks.get(&pid) {
                Some(look) => &look.holds,
                None => {
                    asked = held_by(&process);
                    &asked
                }
            };
            for (fd, held) in holds.iter().flatten() {
                let (fd, reads, writes) = (*fd, held.reads, held.writes);
                let holders = all.by_thing.entry(held.what.clone()).or_default();
                holders.push(DescriptorHolder { pid, fd, reads, writes });
            }
        }
        all
    }

    /// The processes that can write to this file (or send through this socket).
    pub fn writers(&self, what: &What) -> Vec<u32> {
        self.with(what, |it| it.writes)
    }

    /// The processes that can read from this file.
    pub fn readers(&self, what: &What) -> Vec<u32> {
        self.with(what, |it| it.reads)
    }

    /// The processes that have this file open.
    pub fn of(&self, what: &What) -> Vec<u32> {
        self.with(what, |_| true)
    }

    fn with(&self, what: &What, is_meant: impl Fn(&DescriptorHolder) -> bool) -> Vec<u32> {
        let holders = self.by_thing.get(what).into_iter().flatten();
        pids(holders.filter(|it| is_meant(it)).map(|it| it.pid))
    }

    /// The processes that have the eventfd of this descriptor. Nothing where the kernel doesn't
    /// tell, or may add to the eventfd itself (aio(7)).
    pub fn of_eventfd(&self, pid: u32, fd: i32) -> Option<Vec<u32>> {
        let (ids, eventfds) = self.eventfds.get_or_init(|| {
            let mut ids = HashMap::new();
            let mut all: HashMap<u64, Vec<u32>> = HashMap::new();
            let mut process: Option<Process> = None;
            for it in self.by_thing.get(&What::Kernel("[eventfd]".into())).into_iter().flatten() {
                if process.as_ref().is_none_or(|known| known.pid as u32 != it.pid) {
                    process = Process::new(it.pid as i32).ok();
                }
                if let Some(id) = process.as_ref().and_then(|known| eventfd_id(known, it.fd)) {
                    ids.insert((it.pid, it.fd), id);
                    all.entry(id).or_default().push(it.pid);
                }
            }
            (ids, all)
        });
        let holders = pids(eventfds.get(ids.get(&(pid, fd))?)?.iter().copied());
        let has_aio = |pid: &u32| self.mappings(*pid).iter().any(|it| it.name.starts_with(AIO));
        (!holders.iter().any(has_aio)).then_some(holders)
    }

    /// The processes that have the master side of the pseudoterminal with this number.
    pub fn of_terminal(&self, number: u32) -> Vec<u32> {
        let names = ["/dev/ptmx", "/dev/pts/ptmx"];
        let all = names.iter().filter_map(|it| self.by_thing.get(&What::Path((*it).into())));
        let is_of_it = |it: &&DescriptorHolder| terminal(it.pid, it.fd) == Some(number);
        pids(all.flatten().filter(is_of_it).map(|it| it.pid))
    }

    /// What a socket is connected to. Nothing where the kernel doesn't tell.
    pub fn peer(&self, inode: u64) -> Option<Peer> {
        let peers = self.peers.get_or_init(sockets::peers).as_ref()?;
        Some(peers.get(&inode).cloned().unwrap_or(Peer::Network))
    }

    /// The shared memory at this address of a process. Nothing if it is not shared.
    pub fn of_memory(&self, pid: u32, address: u64) -> Option<SharedMemory> {
        let own = self.mappings(pid);
        let mapping = own.iter().find(|it| (it.from..it.to).contains(&address))?;
        let has_it = |pid: &u32| self.mappings(*pid).iter().any(|it| it.what == mapping.what);
        let name = name_of(pid, mapping);
        Some(SharedMemory {
            is_named: name.is_some(),
            name: name.unwrap_or_else(|| mapping.name.clone()),
            pids: pids(self.pids.iter().copied().filter(has_it)),
        })
    }

    fn mappings(&self, pid: u32) -> Rc<Vec<Mapping>> {
        let mut all = self.mappings.borrow_mut();
        Rc::clone(all.entry(pid).or_insert_with(|| Rc::new(shared_mappings(pid))))
    }

    /// The processes that hold the file lock for which this process waits. Nothing where that is
    /// not known: the holder's descriptor may be on its way through a socket.
    pub fn of_lock(&self, pid: u32, fd: i32, is_flock: bool) -> Option<Vec<u32>> {
        let process = Process::new(pid as i32).ok()?;
        let inode = format!(":{}", field(&fdinfo(&process, fd)?, "ino:")?);
        let held = self.locks.get_or_init(|| self.locks_held());
        let file = fs::read_to_string("/proc/locks").ok()?;
        let (mut lock, mut holders): (Vec<&str>, Vec<u32>) = Default::default();
        for line in file.lines() {
            // The kernel lists a waiter below the holder, with an arrow; a lock of an open file
            // description (F_OFD_SETLKW) names no PID.
            let words: Vec<&str> = line.split_whitespace().skip(1).collect();
            let ["->", kind, _, _, who, of, ..] = words[..] else {
                lock = words;
                continue;
            };
            let is_its = who.parse().is_ok_and(|it: i64| it == i64::from(pid) || it <= 0);
            if !is_its || !of.ends_with(&inode) || (kind == "FLOCK") != is_flock {
                continue;
            }
            match held.get(&lock.join(" ")) {
                Some(pids) => holders.extend(pids),
                None => {
                    let holder = lock.get(3).and_then(|it| it.parse().ok());
                    let is_hidden =
                        |it: &u32| Process::new(*it as i32).is_ok_and(|it| held_by(&it).is_none());
                    holders.extend(holder.filter(|it| *it != pid && is_hidden(it)));
                }
            }
        }
        Some(pids(holders.into_iter()))
    }

    /// The locks that fdinfo shows, each with the processes that hold it.
    fn locks_held(&self) -> HashMap<String, Vec<u32>> {
        let mut all: HashMap<String, Vec<u32>> = HashMap::new();
        let is_file = |what: &What| matches!(what, What::Path(it) if !it.starts_with("/dev/"));
        let files = self.by_thing.iter().filter(|(what, _)| is_file(what));
        for holder in files.flat_map(|(_, holders)| holders) {
            let process = Process::new(holder.pid as i32).ok();
            let info = process.and_then(|it| fdinfo(&it, holder.fd)).unwrap_or_default();
            for lock in info.lines().filter_map(|line| line.strip_prefix("lock:")) {
                let words: Vec<&str> = lock.split_whitespace().skip(1).collect();
                all.entry(words.join(" ")).or_default().push(holder.pid);
            }
        }
        all
    }
}

fn pids(pids: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut pids: Vec<_> = pids.collect();
    pids.sort_unstable();
    pids.dedup();
    pids
}

/// The number of the pseudoterminal whose master side this descriptor is.
pub(super) fn terminal(pid: u32, fd: i32) -> Option<u32> {
    let info = fdinfo(&Process::new(pid as i32).ok()?, fd)?;
    field(&info, "tty-index:")?.parse().ok()
}

/// The name by which other processes can still open this mapping, if it has one.
fn name_of(pid: u32, mapping: &Mapping) -> Option<String> {
    let (root, name, inode) = (format!("/proc/{pid}/root"), &mapping.name, mapping.what.2);
    let is_it = || fs::metadata(format!("{root}{name}")).is_ok_and(|it| it.ino() == inode);
    // System V shared memory has a key, or at least an ID.
    if name.starts_with("/SYSV") || (name.starts_with('/') && is_it()) {
        return Some(name.clone());
    }
    // sem_open(3) creates a semaphore's file under a temporary name, which the mapping keeps.
    if !name.starts_with(SHARED_MEMORY) {
        return None;
    }
    let files = fs::read_dir(format!("{root}{SHARED_MEMORY}")).ok()?.flatten();
    let file = files.into_iter().find(|it| it.ino() == inode)?;
    Some(format!("{SHARED_MEMORY}/{}", file.file_name().to_string_lossy()))
}

fn shared_mappings(pid: u32) -> Vec<Mapping> {
    let maps = Process::new(pid as i32).and_then(|process| process.maps());
    let maps = maps.into_iter().flat_map(|maps| maps.0);
    let shared = maps.filter(|map| map.perms.contains(MMPermissions::SHARED));
    shared
        .map(|map| Mapping {
            from: map.address.0,
            to: map.address.1,
            what: (map.dev.0, map.dev.1, map.inode),
            name: match map.pathname {
                MMapPath::Path(path) => path.to_string_lossy().into_owned(),
                MMapPath::Other(name) => name,
                MMapPath::Vsys(_) => "/SYSV".into(),
                _ => String::new(),
            },
        })
        .collect()
}
