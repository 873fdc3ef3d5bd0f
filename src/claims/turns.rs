//! In which order the events of a run came that may come in another order in the next run.

use std::fmt;

use super::Seen;
use crate::events::{Event, Times};
use crate::words::locale::{self, Language};

/// How many kinds of event are looked at. A picture of a run with a thousand processes needs more;
/// a sentence doesn't.
const MOST: usize = 40;

/// A moment of a run that other runs have, too: the first event of a kind, or the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Whose event it is.
    pub role: String,
    /// The event's name.
    pub event: &'static str,
    /// How often a process has it.
    pub times: Times,
    /// Whom it is about, or empty.
    pub child: String,
    /// Which one of several.
    pub which: Which,
}

/// Which of several events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The first, or the only one.
    First,
    /// The last of a kind that can come again.
    Last,
}

impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_language(locale::chosen()))
    }
}

impl Turn {
    /// As it stands in JSON: the same in every language.
    pub fn in_english(&self) -> String {
        self.in_language(Language::En)
    }

    /// Whether it can't come before the other one, whatever the kernel does: nothing comes from a
    /// process that has ended.
    pub fn is_end_of(&self, other: &Turn) -> bool {
        self.event == "exited" && self.child == other.role
    }

    fn in_language(&self, language: Language) -> String {
        let Turn { role, event, times, child, which } = self;
        let of = match child.as_str() {
            "" => String::new(),
            child => format!(" {child}"),
        };
        match (times, which, language) {
            (Times::Once, ..) => format!("{role} {event}{of}"),
            (Times::Again, Which::First, Language::En) => format!("{role}'s first {event}"),
            (Times::Again, Which::First, Language::Zh) => format!("{role} 的第一个 {event}"),
            (Times::Again, Which::Last, Language::En) => format!("{role}'s last {event}"),
            (Times::Again, Which::Last, Language::Zh) => format!("{role} 的最后一个 {event}"),
        }
    }
}

/// The turns of one run.
#[derive(Default)]
pub struct Turns {
    seen: Vec<(Turn, u64)>,
    events: u64,
}

impl Turns {
    /// Sees the run's next event.
    pub fn see(&mut self, seen: &Seen) {
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
        let event = record.event.name();
        let is_it = |turn: &Turn, which| {
            turn.which == which
                && turn.event == event
                && turn.role == record.role
                && turn.child == child
        };
        for which in [Which::First, Which::Last] {
            let has_room = self.seen.len() < MOST;
            let known = self.seen.iter_mut().find(|(turn, _)| is_it(turn, which));
            match (known, which) {
                (Some(_), Which::First) => {}
                (Some((_, position)), Which::Last) => *position = self.events,
                (None, Which::Last) if times == Times::Once => {}
                (None, _) if has_room => {
                    let turn = Turn {
                        role: record.role.clone().into_owned(),
                        event,
                        times,
                        child: child.to_owned(),
                        which,
                    };
                    self.seen.push((turn, self.events));
                }
                (None, _) => {}
            }
        }
    }

    /// Each turn and its place in the run.
    pub fn take(&mut self) -> Vec<(Turn, u64)> {
        self.events = 0;
        std::mem::take(&mut self.seen)
    }
}
