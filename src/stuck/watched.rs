//! A run of a lesson that is looked at when nothing happens in it.

use std::time::Duration;

use super::{Detector, Finding, Mistake};
use crate::events::{Event, Log};
use crate::evidence::stopped_by;
use crate::multiprocessing::Children;
use crate::state::State;

/// Looks at a run of a lesson from which no event has come for a while, and tells the log.
pub struct Watched<'a, M> {
    children: &'a Children,
    detector: Detector,
    mistake: M,
}

impl<'a, M: Fn(&State) -> Option<(&'static Mistake, String)>> Watched<'a, M> {
    /// The run with these children. `mistake` tells of one that is stuck by which mistake it is,
    /// and the command without it, if its options explain that.
    pub fn new(children: &'a Children, detector: Detector, mistake: M) -> Watched<'a, M> {
        Watched { children, detector, mistake }
    }

    /// An event has come: what was seen before means nothing any more.
    pub fn event_came(&mut self) {
        self.detector.event_came();
    }

    /// When the run will be ended, if it has just been found most likely stuck.
    pub fn announces_end_in(&mut self) -> Option<Duration> {
        self.detector.announces_end_in()
    }

    /// Looks whether some child is stopped, and whether the run is stuck, which ends it. The log is
    /// told; nobody else writes to it now.
    pub fn look(&mut self, state: &State, log: &Log) {
        let mut stopped = self.children.stopped();
        // Children of children tell that only to their own parents.
        let others = state.alive().filter(|it| !state.is_child_of_parent(it));
        stopped.extend(others.filter_map(|it| {
            let signal = stopped_by(it.pid)?;
            Some((it.pid, (it.role.clone(), signal)))
        }));
        for (child, (role, signal)) in self.detector.newly_stopped(stopped) {
            // If the log fails here, nobody listens any more.
            let _ = log.write(Event::Stopped { child, child_role: role.into(), signal, why: None });
        }
        let Some(Finding { waits, circle }) = self.detector.look(state, || self.children.fills())
        else {
            return;
        };
        let (mistake, command) = (self.mistake)(state).unzip();
        let _ = log.write(Event::Stuck {
            waits: waits.into(),
            circle: circle.into(),
            mistake: mistake.map(|it| it.name.into()),
            command: command.map(Into::into),
        });
        self.children.end_run();
    }
}
