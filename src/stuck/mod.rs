//! Whether a run is stuck: no process in it can go on, by the log and by the kernel.
//!
//! A run is stuck when each process that lives waits in a call that only others of the run could
//! end, and none of them can. So it is enough to see that not one thread can go on by itself, and
//! that none has moved between two looks.

pub(crate) mod waits;
pub(crate) mod words;

use std::collections::{BTreeSet, HashSet};
use std::time::{Duration, Instant};

use crate::events::{Event, Log, Waiter};
use crate::evidence::{Family, Fate, Graph, Onlooker, Sight, circle, stopped_by};
use crate::multiprocessing::Children;
use crate::state::{Activity, Process, State};
use crate::words::locale::Both;

/// For how many times the patience a run has to be most likely stuck before it is ended.
const LONGER: u32 = 5;

/// A run that is checked for being stuck when no event has come for a while.
pub struct Watched<'a> {
    children: &'a Children,
    /// The PIDs of children of this process that don't belong to the run, and don't keep it from
    /// being stuck.
    strangers: HashSet<u32>,
    last: Option<Sight>,
    /// Since when the run is most likely stuck, and how long that has to last.
    likely_since: Option<Instant>,
    longer: Duration,
    /// Whether the run's end is still to be announced.
    is_to_announce: bool,
    /// The PIDs of children that were found stopped, and named.
    stopped: HashSet<u32>,
}

/// A mistake by which runs of a lesson get stuck: a lesson declares its own.
pub struct Mistake {
    pub name: &'static str,
    /// What to do instead, without a full stop.
    pub remedy: Both,
    /// What to add where the same program gets stuck in CPython.
    pub in_python: Option<Both>,
    /// Whether the mistake is that of a user's command, and not one that the lesson shows on
    /// purpose.
    pub is_users: bool,
}

impl Mistake {
    /// A mistake that the lesson shows on purpose.
    pub const fn of(name: &'static str, remedy: Both) -> Mistake {
        Mistake { name, remedy, in_python: None, is_users: false }
    }
}

/// Makes a constant of each mistake, and of all together the table `MISTAKES` of the lesson.
macro_rules! mistakes {
    ($($(#[$doc:meta])* $NAME:ident = $mistake:expr;)*) => {
        $($(#[$doc])* pub(super) const $NAME: Mistake = $mistake;)*

        pub(super) const MISTAKES: &[Mistake] = &[$($NAME),*];
    };
}
pub(crate) use mistakes;

impl<'a> Watched<'a> {
    /// Watches a run. A run that is only most likely stuck is ended after five times the patience.
    pub fn new(children: &'a Children, patience: Option<Duration>) -> Watched<'a> {
        Watched {
            children,
            strangers: children.strangers().collect(),
            last: None,
            likely_since: None,
            longer: patience.unwrap_or(Duration::MAX).saturating_mul(LONGER - 1),
            is_to_announce: false,
            stopped: HashSet::new(),
        }
    }

    /// In what time the run will be ended, if it has just been found most likely stuck. The
    /// announcement lets a user who knows better act.
    pub fn announces_end_in(&mut self) -> Option<Duration> {
        let is_sensible = !self.longer.is_zero() && self.longer < Duration::MAX;
        (std::mem::take(&mut self.is_to_announce) && is_sensible).then_some(self.longer)
    }

    /// An event has come, so earlier looks no longer count.
    pub fn event_came(&mut self) {
        self.last = None;
        self.likely_since = None;
    }

    /// Looks whether a child is stopped, and whether the run is stuck, and logs that; a stuck run
    /// is ended. If the log fails, it has no reader any more. `mistake` is the one that the run's
    /// options make, and the command without it.
    pub fn look(
        &mut self,
        state: &State,
        log: &Log,
        mistake: impl FnOnce() -> Option<(&'static Mistake, String)>,
    ) {
        let mut stopped = self.children.stopped();
        // waitid(2) doesn't tell that grandchildren are stopped, so /proc is asked.
        let others = state.alive().filter(|it| !state.is_child_of_parent(it));
        stopped.extend(others.filter_map(|it| {
            let signal = stopped_by(it.pid)?;
            Some((it.pid, (it.role.clone(), signal)))
        }));
        let now = stopped.iter().map(|(pid, _)| *pid).collect();
        let before = std::mem::replace(&mut self.stopped, now);
        for (child, (role, signal)) in stopped.into_iter().filter(|(pid, _)| !before.contains(pid))
        {
            let _ = log.write(Event::Stopped { child, child_role: role.into(), signal, why: None });
        }
        let Some((waits, circle)) = self.finds(state) else {
            return;
        };
        let (mistake, command) = mistake().unzip();
        let _ = log.write(Event::Stuck {
            waits: waits.into(),
            circle: circle.into(),
            mistake: mistake.map(|it| it.name.into()),
            command: command.map(Into::into),
            repair: None,
            likely: None,
        });
        self.children.end_run();
    }

    /// If the run is stuck: who waits for whom, and the PIDs of processes that wait for each other
    /// in a circle. The look before has to have seen the same.
    fn finds(&mut self, state: &State) -> Option<(Vec<Waiter>, Vec<u32>)> {
        // A sleeping thread goes on by itself. The log tells that at less cost than the kernel.
        if someone_sleeps(state) {
            self.last = None;
            return None;
        }
        let told: BTreeSet<u32> = state.alive().map(|it| it.pid).collect();
        let pids = told.iter().copied().chain([std::process::id()]).collect();
        let onlooker = Onlooker::MainThread(&self.strangers);
        let sight = Sight::of(&Family::Descendants(pids), onlooker);
        // Where the kernel doesn't tell whether a process waits, the log has to.
        let waits = |pid| state.process(pid).is_some_and(waits_by_the_log);
        let graph = self.last.as_ref().map(|it| Graph::of(&sight, it, |look| waits(look.pid)));
        let likely = graph.as_ref().and_then(|graph| {
            // Processes invisible in /proc must wait according to the log; one that just ended will
            // be reaped before the next look.
            let unseen = told.iter().filter(|pid| sight.look(**pid).is_none());
            // Processes that a user's command has left in the background are no part of the run.
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
            let waits = waits::waits(&sight, is_stuck, state, &self.children.fills());
            let next: Vec<_> = waits.iter().map(waits::next).collect();
            (waits, circle(&next))
        });
        self.last = Some(sight);
        finding
    }
}

fn someone_sleeps(state: &State) -> bool {
    let processes = state.alive().chain(state.parent());
    let mut activities = processes.flat_map(|it| it.threads().map(|(_, does)| does));
    activities.any(|does| does == Activity::Sleeping)
}

/// Whether all threads of this process wait, as far as the log tells. A put or send is logged
/// before it happens, so the process may wait in it.
fn waits_by_the_log(process: &Process) -> bool {
    let waits = |does| matches!(does, Activity::Waiting(_) | Activity::Joining(_));
    process
        .threads()
        .all(|(name, does)| waits(does) || (name.is_none() && process.leaving.is_some()))
}
