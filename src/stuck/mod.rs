//! Whether nobody in a run can go on: what the log says, held against what the kernel says.
//!
//! A run is stuck when each process that lives waits in a call that only others of the run could
//! end, and none of them can. So it is enough to see that not one thread can go on by itself, and
//! that none has moved between two looks.

mod mistake;
mod waits;
mod watched;

use std::collections::{BTreeSet, HashSet};
use std::time::{Duration, Instant};

use crate::events::Waiter;
use crate::evidence::{Family, Fate, Fill, Graph, Onlooker, Sight, circle};
use crate::state::{Activity, Process, State};

pub use mistake::Mistake;
pub(crate) use mistake::mistakes;
pub use watched::Watched;

/// How many times the patience a run has to be most likely stuck.
const LONGER: u32 = 5;

/// Looks at a run from which no event has come for a while, again and again.
#[derive(Default)]
pub struct Detector {
    last: Option<Sight>,
    /// Since when it is most likely stuck, and for how long that has to last.
    likely_since: Option<Instant>,
    longer: Duration,
    /// Whether it has yet to be said that the run will be ended.
    is_to_announce: bool,
    /// The PIDs of children that were found stopped, and named.
    stopped: HashSet<u32>,
    /// The PIDs of children of this process that are no part of the run.
    strangers: HashSet<u32>,
}

/// What a run is stuck in.
pub struct Finding {
    /// Who waits for whom.
    pub waits: Vec<Waiter>,
    /// The PIDs of processes that wait for each other, in a circle; empty if there is no circle.
    pub circle: Vec<u32>,
}

impl Detector {
    /// A detector for a run beside which this process has these other children: whatever they do,
    /// the run may be stuck. One that is only most likely stuck has to be for five times the
    /// patience.
    pub fn beside(strangers: impl Iterator<Item = u32>, patience: Option<Duration>) -> Detector {
        let longer = patience.unwrap_or(Duration::MAX).saturating_mul(LONGER - 1);
        Detector { strangers: strangers.collect(), longer, ..Detector::default() }
    }

    /// When the run will be ended, if it has just been found most likely stuck: said beforehand, so
    /// that whoever knows better can act.
    pub fn announces_end_in(&mut self) -> Option<Duration> {
        let is_sensible = !self.longer.is_zero() && self.longer < Duration::MAX;
        (std::mem::take(&mut self.is_to_announce) && is_sensible).then_some(self.longer)
    }

    /// An event has come: what was seen before means nothing any more.
    pub fn event_came(&mut self) {
        self.last = None;
        self.likely_since = None;
    }

    /// Looks once. There is a finding if the look before saw the same, and in it nobody who could
    /// go on. `fills` asks how full the pipes are of which the parent has an end open.
    pub fn look(&mut self, state: &State, fills: impl FnOnce() -> Vec<Fill>) -> Option<Finding> {
        // Whoever sleeps goes on by himself. The log says so, which is cheaper than to ask the
        // kernel.
        if someone_sleeps(state) {
            self.last = None;
            return None;
        }
        let told: BTreeSet<u32> = state.alive().map(|it| it.pid).collect();
        let pids = told.iter().copied().chain([std::process::id()]).collect();
        let onlooker = Onlooker::MainThread(&self.strangers);
        let sight = Sight::of(&Family::Descendants(pids), onlooker);
        // Where the kernel doesn't tell, the log has to say it.
        let waits = |pid| state.process(pid).is_some_and(waits_by_the_log);
        let graph = self.last.as_ref().map(|it| Graph::of(&sight, it, |look| waits(look.pid)));
        let likely = graph.as_ref().and_then(|graph| {
            // Processes invisible in /proc must wait according to the log; one that just ended will
            // be reaped before the next look.
            let unseen = told.iter().filter(|pid| sight.look(**pid).is_none());
            // What a command of the user's has left in the background is no part of the run.
            let is_of_run = |pid: &u32| *pid == std::process::id() || told.contains(pid);
            let seen: Vec<u32> = sight.family().map(|look| look.pid).filter(is_of_run).collect();
            let is_stuck =
                seen.iter().all(|pid| graph.is_stuck(*pid)) && unseen.copied().all(waits);
            let is_likely = |pid: &u32| graph.fate(*pid) == Some(&Fate::LikelyStuck);
            is_stuck.then(|| seen.iter().any(is_likely))
        });
        let is_stuck = match likely {
            Some(true) => {
                self.is_to_announce |= self.likely_since.is_none();
                self.likely_since.get_or_insert_with(Instant::now).elapsed() >= self.longer
            }
            Some(false) => true,
            None => {
                self.likely_since = None;
                false
            }
        };
        let finding = is_stuck.then(|| {
            let is_stuck = |pid| graph.as_ref().is_some_and(|it| it.is_stuck(pid));
            let waits = waits::waits(&sight, is_stuck, state, &fills());
            let next: Vec<_> = waits.iter().map(waits::next).collect();
            let circle = circle(&next);
            Finding { waits, circle }
        });
        self.last = Some(sight);
        finding
    }

    /// Takes the children that are stopped now, and returns those of them that were not stopped
    /// before.
    pub fn newly_stopped<T>(&mut self, stopped: Vec<(u32, T)>) -> Vec<(u32, T)> {
        let now = stopped.iter().map(|(pid, _)| *pid).collect();
        let before = std::mem::replace(&mut self.stopped, now);
        stopped.into_iter().filter(|(pid, _)| !before.contains(pid)).collect()
    }
}

fn someone_sleeps(state: &State) -> bool {
    let processes = state.alive().chain(state.parent());
    let mut activities = processes.flat_map(|it| it.threads().map(|(_, does)| does));
    activities.any(|does| does == Activity::Sleeping)
}

/// Whether all threads of this process wait, as far as the log tells. What a process is about to
/// put or send is told beforehand, so it may wait there.
fn waits_by_the_log(process: &Process) -> bool {
    let waits = |does| matches!(does, Activity::Waiting(_) | Activity::Joining(_));
    process
        .threads()
        .all(|(name, does)| waits(does) || (name.is_none() && process.leaving.is_some()))
}
