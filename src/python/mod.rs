//! The user's own Python program in the log: what is injected into its processes, and what makes
//! events of what that tells.

mod claims;
mod events;
mod facts;
mod folder;
mod limits;
mod live;
mod notes;
mod objects;
mod raw;
mod raw_log;
mod remarks;
mod run;
mod stuck;
#[cfg(test)]
mod tests;
mod translate;

use std::borrow::Cow;

use crate::claims::OfLesson;
use crate::events::{Record, Stream, Vocabulary};
use crate::lessons::{self, Parts};
use crate::views::{Narrator, Remarker};

pub(crate) use events::PythonEvent;
pub use facts::Facts;
pub(crate) use folder::Folders;
pub(crate) use run::{Flow, Script, play};
pub use stuck::stuck;

/// The name of the command that runs a program: in the log, it stands where a lesson's name does.
pub const NAME: &str = "run";

/// What can be said of any program.
const PARTS: Parts = Parts {
    events: Vocabulary::of::<PythonEvent>(),
    ..Parts::of::<claims::ProgramJudge, notes::ProgramNarrator>()
};

/// The claims of the lesson with this name, or of a program.
pub fn claims_of(name: &str) -> Option<OfLesson> {
    if name == NAME { Some(PARTS.claims) } else { lessons::claims_of(name) }
}

/// The events of the lesson with this name, or of a program.
pub(crate) fn events_of(name: &str) -> Vocabulary {
    if name == NAME { PARTS.events } else { lessons::events_of(name) }
}

/// The line that a program has written to stderr with this event, if it has.
pub(crate) fn line_of_stderr<'a>(record: &'a Record) -> Option<Cow<'a, str>> {
    if record.event.name() != "written" {
        return None;
    }
    match record.event.own()? {
        PythonEvent::Written { stream: Stream::Stderr, text, .. } => text.map(Cow::Owned),
        _ => None,
    }
}

/// Whether no newline follows the line that a program has written with this event.
pub(crate) fn is_open(record: &Record) -> bool {
    record.event.name() == "written"
        && matches!(record.event.own(), Some(PythonEvent::Written { open: Some(true), .. }))
}

/// The narrator of the lesson with this name, or of a program.
pub(crate) fn narrator_of(name: &str) -> Box<dyn Narrator> {
    if name == NAME { (PARTS.narrator)() } else { lessons::narrator_of(name) }
}

/// Whether a log with this name in the place of a lesson's is that of a program.
pub(crate) fn is_program(name: &str) -> bool {
    name == NAME
}

/// Who says what there is to say of a program.
pub(crate) fn remarker_of(name: &str) -> Option<Box<dyn Remarker>> {
    is_program(name).then(|| Box::new(Facts::default()) as _)
}
