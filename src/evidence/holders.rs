//! Who holds what, of all processes.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};

use procfs::process::{MMPermissions, MMapPath, Process, all_processes};

use super::epoll::fdinfo;
use super::held::{What, held_by};
use super::look::Snapshot;
use super::sight::Onlooker;
use super::sockets::{Peer, Sockets};

/// Who holds what, of all processes that may be looked at.
pub(super) struct Holders<'a> {
    onlooker: Onlooker<'a>,
    by_thing: HashMap<What, Vec<DescriptorHolder>>,
    sockets: Sockets,
    mappings: OnceCell<Vec<Mapping>>,
    locks: OnceCell<String>,
    pids: Vec<u32>,
}

/// A process that holds something.
#[derive(Clone, Copy)]
struct DescriptorHolder {
    pid: u32,
    fd: i32,
    reads: bool,
    writes: bool,
}

/// A stretch of a process's memory that others may have, too.
struct Mapping {
    pid: u32,
    from: u64,
    to: u64,
    what: (i32, i32, u64),
    name: String,
}

impl<'a> Holders<'a> {
    /// Asks all processes; of those that were looked at already, it is known.
    pub fn of_all(looks: &BTreeMap<u32, Snapshot>, onlooker: Onlooker<'a>) -> Holders<'a> {
        let mut by_thing: HashMap<What, Vec<DescriptorHolder>> = HashMap::new();
        let mut pids = Vec::new();
        for process in all_processes().into_iter().flatten().flatten() {
            let pid = process.pid as u32;
            if is_onlooker(pid, onlooker) {
                continue;
            }
            pids.push(pid);
            let asked;
            let holds = match looks.get(&pid) {
                Some(look) => look.holds.as_ref(),
                None => {
                    asked = held_by(&process);
                    asked.as_ref()
                }
            };
            for (fd, held) in holds.into_iter().flatten() {
                let holders = by_thing.entry(held.what.clone()).or_default();
                holders.push(DescriptorHolder {
                    pid,
                    fd: *fd,
                    reads: held.reads,
                    writes: held.writes,
                });
            }
        }
        Holders {
            onlooker,
            by_thing,
            sockets: Sockets::open(),
            mappings: OnceCell::new(),
            locks: OnceCell::new(),
            pids,
        }
    }

    /// Who can write to it (or send through it).
    pub fn writers(&self, what: &What) -> Vec<u32> {
        self.with(what, |it| it.writes)
    }

    /// Who can read from it.
    pub fn readers(&self, what: &What) -> Vec<u32> {
        self.with(what, |it| it.reads)
    }

    /// Who has it at all.
    pub fn of(&self, what: &What) -> Vec<u32> {
        self.with(what, |_| true)
    }

    fn with(&self, what: &What, is_meant: impl Fn(&DescriptorHolder) -> bool) -> Vec<u32> {
        let holders = self.by_thing.get(what).into_iter().flatten();
        pids(holders.filter(|it| is_meant(it)).map(|it| it.pid))
    }

    /// Who has the eventfd that stands behind this descriptor. Nothing where the kernel doesn't
    /// tell.
    pub fn of_eventfd(&self, pid: u32, fd: i32) -> Option<Vec<u32>> {
        let ours = eventfd_id(pid, fd)?;
        let all = self.by_thing.get(&What::Kernel("[eventfd]".into()));
        let all = all.into_iter().flatten();
        let same = all.filter(|it| eventfd_id(it.pid, it.fd).as_deref() == Some(&ours));
        Some(pids(same.map(|it| it.pid)))
    }

    /// What a socket is connected to.
    pub fn peer(&self, inode: u64) -> Option<Peer> {
        self.sockets.peer(inode)
    }

    /// The name of the shared memory at this address of a process, and who has it, too. Nothing if
    /// it is not shared.
    pub fn of_memory(&self, pid: u32, address: u64) -> Option<(String, Vec<u32>)> {
        let mappings = self.mappings.get_or_init(|| {
            let processes = self.pids.iter().filter(|pid| !is_onlooker(**pid, self.onlooker));
            processes.flat_map(|pid| shared_mappings(*pid)).collect()
        });
        let here = |it: &&Mapping| it.pid == pid && (it.from..it.to).contains(&address);
        let mapping = mappings.iter().find(here)?;
        let same = mappings.iter().filter(|it| it.what == mapping.what);
        Some((mapping.name.clone(), pids(same.map(|it| it.pid))))
    }

    /// Who has the lock on a file for which this process waits, by `/proc/locks`. The kernel names
    /// the process that took it, which may be gone while its children still have it; for a lock of
    /// an open file description (F_OFD_SETLKW) nobody.
    pub fn of_lock(&self, pid: u32) -> Option<u32> {
        let read = || std::fs::read_to_string("/proc/locks").unwrap_or_default();
        let locks = self.locks.get_or_init(read);
        // Whoever waits stands below the one who has it, with the same number and an arrow.
        let mut holder = None;
        for line in locks.lines() {
            let words = line.split_whitespace().skip(1);
            let (mut is_waiting, mut fields) = (false, Vec::new());
            for word in words {
                match word {
                    "->" => is_waiting = true,
                    word => fields.push(word),
                }
            }
            let who = fields.get(3).and_then(|it| it.parse::<i32>().ok());
            match is_waiting {
                false => holder = who,
                true if who == Some(pid as i32) => return u32::try_from(holder?).ok(),
                true => {}
            }
        }
        None
    }
}

fn is_onlooker(pid: u32, onlooker: Onlooker) -> bool {
    onlooker == Onlooker::Process && pid == std::process::id()
}

fn pids(pids: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut pids: Vec<_> = pids.collect();
    pids.sort_unstable();
    pids.dedup();
    pids
}

fn eventfd_id(pid: u32, fd: i32) -> Option<String> {
    let info = fdinfo(&Process::new(pid as i32).ok()?, fd)?;
    let id = info.lines().find_map(|line| line.strip_prefix("eventfd-id:"))?;
    Some(id.trim().to_owned())
}

/// The names of the memory that this process may share with others. None where the kernel doesn't
/// tell.
pub fn shared_memory(pid: u32) -> Vec<String> {
    shared_mappings(pid).into_iter().map(|it| it.name).collect()
}

fn shared_mappings(pid: u32) -> Vec<Mapping> {
    let maps = Process::new(pid as i32).and_then(|process| process.maps());
    let maps = maps.into_iter().flat_map(|maps| maps.0);
    let shared = maps.filter(|map| map.perms.contains(MMPermissions::SHARED));
    shared
        .map(|map| Mapping {
            pid,
            from: map.address.0,
            to: map.address.1,
            what: (map.dev.0, map.dev.1, map.inode),
            name: match map.pathname {
                MMapPath::Path(path) => path.to_string_lossy().into_owned(),
                MMapPath::Other(name) => name,
                _ => String::new(),
            },
        })
        .collect()
}
