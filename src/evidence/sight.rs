//! One look at some processes, and at all who could help them.

use std::collections::{BTreeMap, BTreeSet};

use procfs::process::{Process, all_processes};

use super::holders::Holders;
use super::look::Snapshot;
use super::onlooker::Onlooker;
use super::things::Scene;
use super::wait::Wait;

/// Some processes as the kernel shows them, and everyone for whom they wait.
pub struct Sight {
    /// Everyone who was looked at, by PID.
    looks: BTreeMap<u32, Snapshot>,
    /// Those of them that were asked for. The others are looked at because somebody waits for them.
    family: BTreeSet<u32>,
    /// What their threads wait for.
    waits: Vec<Wait>,
}

/// Whom to look at.
#[derive(Clone)]
pub enum Family {
    /// These processes, and everyone who descends from them.
    Descendants(Vec<u32>),
    /// A process group.
    Group(i32),
}

impl Sight {
    /// Looks at a family, and at everyone outside of it who could bring what its members wait for.
    pub fn of(family: &Family, onlooker: Onlooker) -> Sight {
        let mut sight = Sight::of_family(family, onlooker);
        let holders = Holders::of_all(&sight.looks, onlooker);
        // Whoever is waited for may wait, too.
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
        // Whoever was asked for by name counts, whatever it is.
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

    /// Everyone who was asked for and lives.
    pub fn family(&self) -> impl Iterator<Item = &Snapshot> {
        self.looks().filter(|look| self.family.contains(&look.pid))
    }

    /// Everyone who lives.
    pub fn looks(&self) -> impl Iterator<Item = &Snapshot> {
        // Whoever has ended can help nobody, and is about to be reaped.
        self.looks.values().filter(|look| !look.has_ended())
    }

    /// What the threads wait for.
    pub fn waits(&self) -> &[Wait] {
        &self.waits
    }

    /// Whether nobody of the family has moved since an earlier one, or has come or gone.
    pub fn is_of_the_same_family(&self, earlier: &Sight) -> bool {
        let same =
            |(now, then): (&Snapshot, &Snapshot)| now.pid == then.pid && !now.moved_since(then);
        self.family().count() == earlier.family().count()
            && self.family().zip(earlier.family()).all(same)
    }

    /// Children that have ended, and that their parents, of the family, have not asked for.
    pub fn dead_children(&self) -> impl Iterator<Item = &Snapshot> {
        let is_child = |it: &&Snapshot| self.family.contains(&it.parent);
        self.looks.values().filter(|it| it.wait_status.is_some()).filter(is_child)
    }
}
