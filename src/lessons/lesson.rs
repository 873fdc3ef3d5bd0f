//! What a lesson is to the rest of the program.

use anyhow::Result;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::claims::{Judge, OfLesson};
use crate::events::Vocabulary;
use crate::multiprocessing::{AnyTarget, Context};
use crate::state::State;
use crate::stuck::Mistake;
use crate::views::Narrator;

/// What belongs to a lesson beside its parent's half.
pub struct Parts {
    pub claims: OfLesson,
    pub events: Vocabulary,
    /// The mistakes by which its runs get stuck.
    pub mistakes: &'static [Mistake],
    /// Who tells with `--explain` what there is to say of this lesson only.
    pub narrator: fn() -> Box<dyn Narrator>,
    pub children: &'static [AnyTarget],
}

impl Parts {
    /// A judge and a narrator, and nothing else.
    pub const fn of<J: Judge, N: Narrator + Default + 'static>() -> Parts {
        Parts {
            claims: OfLesson::of::<J>(),
            events: Vocabulary::NONE,
            mistakes: &[],
            narrator: || Box::<N>::default(),
            children: &[],
        }
    }
}

/// The parent's half of a lesson: its fields are its options on the command line.
pub trait Lesson: InLog + Sync {
    /// Refuses options that can't work together, before anything starts.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    /// If these options are a reason for this run to be stuck: by which mistake, and the command
    /// without it.
    fn mistake(&self, _run: &State) -> Option<(&'static Mistake, String)> {
        None
    }

    fn runs_commands(&self) -> bool {
        false
    }

    /// Whether a run with these options makes random pauses, which a seed repeats.
    fn has_random_pauses(&self) -> bool {
        false
    }

    /// What the parent does, as in the article's program: `mp` is its `multiprocessing`.
    ///
    /// # Errors
    /// What the parent itself could not do. How the children ended is judged when the run is over.
    fn run(&self, mp: &Context) -> Result<()>;
}

/// What a run was started with, as it stands in the log.
pub trait InLog {
    /// The options, and the run's `speed` with them.
    fn options(&self, speed: f64) -> serde_json::Result<Box<RawValue>>;
}

impl<L: Serialize> InLog for L {
    fn options(&self, speed: f64) -> serde_json::Result<Box<RawValue>> {
        #[derive(Serialize)]
        struct RunOptions<'a, L> {
            #[serde(flatten)]
            lesson: &'a L,
            speed: f64,
        }
        to_raw_value(&RunOptions { lesson: self, speed })
    }
}
