//! What a lesson is to the rest of the program.

use anyhow::Result;
use serde::Serialize;

use crate::claims::{Claim, NOBODY_GETS_STUCK, Outcomes, WHO_ENDED_HOW};
use crate::events::Mistake;
use crate::multiprocessing::Context;

/// The parent's half of a lesson: its fields are its options on the command line.
pub trait Lesson: clap::Args + Serialize {
    /// Sentences about a run that its log proves true or false. A lesson has its own beside this
    /// one.
    const CLAIMS: &'static [Claim] = &[NOBODY_GETS_STUCK];

    /// What comes out of a run, by which it is told apart from others.
    const OUTCOMES: Outcomes = WHO_ENDED_HOW;

    /// Refuses options that can't work together, before anything starts. All combinations are valid
    /// unless a lesson says otherwise.
    ///
    /// # Errors
    /// One sentence for the user.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    /// If a run with these options gets stuck, by which mistake of theirs, and the command without
    /// it. Nothing where these options are no reason to get stuck.
    fn mistake(&self) -> Option<(Mistake, String)> {
        None
    }

    /// Whether these options run commands of the user's.
    fn runs_commands(&self) -> bool {
        false
    }

    /// What the parent does, as in the article's program: `mp` is its `multiprocessing`.
    ///
    /// # Errors
    /// What the parent itself could not do. How the children ended is judged when the run is over.
    fn run(&self, mp: &Context) -> Result<()>;
}
