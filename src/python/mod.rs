//! The user's own Python program in the log: what is injected into its processes, and what makes
//! events of what that tells.

mod events;

use crate::claims::OfLesson;
use crate::events::Vocabulary;
use crate::lessons::{self, Parts};
use crate::stuck::Mistake;
use crate::views::Narrator;

pub(crate) use events::PythonEvent;

/// The name of the command that runs a program: in the log, it stands where a lesson's name does.
pub const NAME: &str = "run";

/// What can be said of any program.
const PARTS: Parts = Parts { events: Vocabulary::of::<PythonEvent>(), ..Parts::of::<(), ()>() };

/// The claims of the lesson with this name, or of a program.
pub fn claims_of(name: &str) -> Option<OfLesson> {
    if name == NAME { Some(PARTS.claims) } else { lessons::claims_of(name) }
}

/// The events of the lesson with this name, or of a program.
pub(crate) fn events_of(name: &str) -> Vocabulary {
    if name == NAME { PARTS.events } else { lessons::events_of(name) }
}

/// The mistake `name` of a lesson; of programs none is known by name.
pub(crate) fn mistake_of(lesson: &str, name: &str) -> Option<&'static Mistake> {
    lessons::mistake_of(lesson, name)
}

/// The narrator of the lesson with this name, or of a program.
pub(crate) fn narrator_of(name: &str) -> Box<dyn Narrator> {
    if name == NAME { (PARTS.narrator)() } else { lessons::narrator_of(name) }
}
