//! One look at a family of processes, and at all processes that could end their waits.

use std::collections::{BTreeMap, BTreeSet};

use procfs::process::{Process, all_processes};

use super::holders::Holders;
use super::look::Snapshot;
use super::onlooker::Onlooker;
use super::things::Scene;
use super::wait::Wait;

/// A family of processes as the kernel shows them, and all processes that they wait for.
pub struct Sight {
    /// All processes that were looked at, by PID.
    looks: BTreeMap<u32, Snapshot>,
    /// The PIDs of the family. The other processes are looked at because the family waits for them.
    family: BTreeSet<u32>,
    /// What the threads of these processes wait for.
    waits: Vec<Wait>,
}

/// The processes to look at.
#[derive(Clone)]
pub enum Family {
    /// These processes and their descendants.
    Descendants(Vec<u32>),
    /// A process group.
    Group(i32),
}

impl Sight {
    /// Looks at a family, and at all processes outside of it that could end a wait of its members.
    pub fn of(family: &Family, onlooker: Onlooker) -> Sight {
        let mut sight = Sight::of_family(family, onlooker);
        let holders = Holders::of_all(&sight.looks, onlooker);
        // A process that is waited for may wait, too.
        let mut new: BTreeSet<u32> = sight.looks.keys().copied().collect();
        while !new.is_empty() {
            let (looks, family, holders) = (&sight.looks, &sight.family, &holders);
            let scenes = new.iter().filter_map(|pid| looks.get(pid));
            let scenes = scenes.map(|look| Scene { look, looks, family, holders });
            let waits: Vec<_> = scenes.flat_map(|it| it.waits()).collect();
            new = waits.iter().flat_map(Wait::of).filter(|pid| !looks.contains_key(pid)).collect();
            let seen = new.iter().filter_map(|pid| Some((*pid, onlooker.look(*pid)?)));
            sight.looks.extend(seen);
            sight.waits.extend(waits);
        }
        sight
    }

    /// Looks at a family only, and not at what its members wait for.
    pub fn of_family(family: &Family, onlooker: Onlooker) -> Sight {
        let mut pids: BTreeSet<u32> = match family {
            Family::Descendants(pids) => pids.iter().copied().collect(),
            Family::Group(group) => {
                let all = all_processes().into_iter().flatten().flatten();
                let is_member = |it: &Process| it.stat().is_ok_and(|stat| stat.pgrp == *group);
                all.filter(is_member).map(|it| it.pid as u32).collect()
            }
        };
        let mut looks = BTreeMap::new();
        while let Some(pid) = pids.pop_first() {
            let Some(look) = onlooker.look(pid) else {
                continue;
            };
            if matches!(family, Family::Descendants(_)) {
                pids.extend(look.children.iter().filter(|it| !looks.contains_key(*it)));
            }
            looks.insert(pid, look);
        }
        // A process whose PID was given counts, even if it is a servant of Python's.
        let counts = |look: &&Snapshot| {
            matches!(family, Family::Descendants(pids) if pids.contains(&look.pid))
                || !look.is_servant(looks.get(&look.parent))
        };
        let family = looks.values().filter(counts).map(|look| look.pid).collect();
        Sight { looks, family, waits: Vec::new() }
    }

    pub fn look(&self, pid: u32) -> Option<&Snapshot> {
        self.looks.get(&pid)
    }

    /// The living processes of the family.
    pub fn family(&self) -> impl Iterator<Item = &Snapshot> {
        self.looks().filter(|look| self.family.contains(&look.pid))
    }

    /// All living processes that were looked at.
    pub fn looks(&self) -> impl Iterator<Item = &Snapshot> {
        // A zombie can end no wait.
        self.looks.values().filter(|look| !look.has_ended())
    }

    /// What the threads wait for.
    pub fn waits(&self) -> &[Wait] {
        &self.waits
    }

    /// Whether the family has the same members as in an earlier look, and none has done anything
    /// since.
    pub fn is_of_the_same_family(&self, earlier: &Sight) -> bool {
        let same =
            |(now, then): (&Snapshot, &Snapshot)| now.pid == then.pid && !now.moved_since(then);
        self.family().count() == earlier.family().count()
            && self.family().zip(earlier.family()).all(same)
    }

    /// Zombies whose parents are of the family.
    pub fn dead_children(&self) -> impl Iterator<Item = &Snapshot> {
        let is_child = |it: &&Snapshot| self.family.contains(&it.parent);
        self.looks.values().filter(|it| it.wait_status.is_some()).filter(is_child)
    }
}
