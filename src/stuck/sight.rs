//! One look at all processes of a run.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::evidence::{Look, State as Doing, Thread, Until};
use crate::state::{Activity, Process, State};

/// The processes of a run as the kernel shows them.
pub(super) struct Sight {
    /// This process's PID: its thread that plays the parent's half is part of the run, and its main thread is not.
    parent: u32,
    looks: BTreeMap<u32, Look>,
}

impl Sight {
    /// Looks at this process and everyone who descends from it, whether the log knows them or not, but for these strangers.
    pub fn of_the_run(state: &State, strangers: &HashSet<u32>) -> Sight {
        let parent = std::process::id();
        let mut looks = BTreeMap::new();
        let mut pids: BTreeSet<u32> = state.alive().map(|it| it.pid).collect();
        pids.insert(parent);
        while let Some(pid) = pids.pop_first() {
            let Some(mut look) = Look::at(pid) else {
                continue;
            };
            if pid == parent {
                look.threads.retain(|it| it.tid as u32 != parent);
            }
            let unseen = look.children.iter().filter(|it| !looks.contains_key(*it));
            let unseen = unseen.filter(|it| !strangers.contains(*it));
            pids.extend(unseen);
            looks.insert(pid, look);
        }
        // Whoever has ended can help nobody, and is about to be reaped.
        looks.retain(|_, look| !look.has_ended());
        Sight { parent, looks }
    }

    /// What the kernel shows of this process.
    pub fn look(&self, pid: u32) -> Option<&Look> {
        self.looks.get(&pid)
    }

    /// Everyone.
    pub fn looks(&self) -> impl Iterator<Item = (u32, &Look)> {
        self.looks.iter().map(|(pid, look)| (*pid, look))
    }

    /// Whether it shows the same as an earlier one.
    pub fn is_as(&self, earlier: &Sight) -> bool {
        self.looks.len() == earlier.looks.len()
            && self
                .looks
                .iter()
                .zip(&earlier.looks)
                .all(|(now, then)| now.0 == then.0 && !now.1.moved_since(then.1))
    }

    /// Whether nobody can go on by himself.
    pub fn is_without_hope(&self, state: &State) -> bool {
        let told: BTreeSet<u32> = state.alive().map(|it| it.pid).collect();
        let seen = self.looks.iter().all(|(pid, look)| {
            let process = match *pid == self.parent {
                true => state.parent(),
                false => state.process(*pid),
            };
            look.threads.iter().all(|thread| waits(thread, process))
        });
        // Of whom the kernel shows nothing, the log has to say it. If it has ended, this look came too early.
        let unseen = told.iter().filter(|pid| !self.looks.contains_key(*pid));
        let mut unseen = unseen.filter_map(|pid| state.process(*pid));
        seen && unseen.all(waits_by_the_log)
    }
}

/// Whether this thread waits for something that only somebody else can bring.
fn waits(thread: &Thread, process: Option<&Process>) -> bool {
    match (thread.state, &thread.call) {
        (Doing::Ended, _) => true,
        (Doing::Runs | Doing::Stopped, _) => false,
        (Doing::Waits, Some(call)) => call.until != Until::Itself,
        (Doing::Waits, None) => process.is_some_and(waits_by_the_log),
    }
}

/// Whether all threads of this process wait, as far as the log tells. What a process is about to put or send is told
/// beforehand, so it may wait there.
fn waits_by_the_log(process: &Process) -> bool {
    let waits = |does| matches!(does, Activity::Waiting(_) | Activity::Joining(_));
    process
        .threads()
        .all(|(name, does)| waits(does) || (name.is_none() && process.is_leaving().is_some()))
}
