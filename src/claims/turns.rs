//! The order of a run's events, for those whose order differs from run to run.

use std::fmt;

use super::Seen;
use crate::events::{Event, Times};
use crate::words::locale::{self, Language};

/// How many kinds of event are kept: enough for a sentence.
const MOST: usize = 40;

/// A moment of a run that other runs have, too: the first event of a kind, or the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    pub role: String,
    /// The event's name.
    pub event: &'static str,
    pub times: Times,
    /// The role of the child that the event is about, or empty.
    pub child: String,
    /// Whether this is the last event of its kind, of those that a process has more than once.
    pub is_last: bool,
}

impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_language(locale::chosen()))
    }
}

impl Turn {
    /// The text for JSON: the same in every language.
    pub fn in_english(&self) -> String {
        self.in_language(Language::En)
    }

    /// Whether this is the end of the process that has the other event. It always comes last,
    /// whatever the kernel does.
    pub fn is_end_of(&self, other: &Turn) -> bool {
        self.event == "exited" && self.child == other.role
    }

    fn in_language(&self, language: Language) -> String {
        let Turn { role, event, times, child, is_last } = self;
        match (times, is_last, language) {
            (Times::Once, ..) => format!("{role} {event} {child}").trim_end().to_owned(),
            (Times::Again, false, Language::En) => format!("{role}'s first {event}"),
            (Times::Again, false, Language::Zh) => format!("{role} 的第一个 {event}"),
            (Times::Again, true, Language::En) => format!("{role}'s last {event}"),
            (Times::Again, true, Language::Zh) => format!("{role} 的最后一个 {event}"),
        }
    }
}

#[derive(Default)]
pub struct Turns {
    seen: Vec<(Turn, u64)>,
    events: u64,
}

impl Turns {
    pub fn see(&mut self, seen: &Seen) {
        // What follows when a run is stuck is its end by force, and decides nothing.
        if seen.state.stuck().is_some() {
            return;
        }
        self.events += 1;
        let record = seen.record;
        let Some(times) = record.event.times() else {
            return;
        };
        let child = match &record.event {
            Event::Terminate { child_role, .. } | Event::Exited { child_role, .. } => child_role,
            _ if record.thread.is_none() => "",
            _ => return,
        };
        for is_last in [false, true] {
            if is_last && times == Times::Once {
                return;
            }
            let (role, child) = (record.role.clone().into_owned(), child.to_owned());
            let turn = Turn { role, event: record.event.name(), times, child, is_last };
            match self.seen.iter().position(|(known, _)| *known == turn) {
                Some(place) if is_last => self.seen[place].1 = self.events,
                None if self.seen.len() < MOST => self.seen.push((turn, self.events)),
                _ => {}
            }
        }
    }

    /// Each turn and its place in the run.
    pub fn take(&mut self) -> Vec<(Turn, u64)> {
        self.events = 0;
        std::mem::take(&mut self.seen)
    }
}
