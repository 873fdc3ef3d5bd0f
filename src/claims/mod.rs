//! Sentences about a run that its log proves true or false, and what its outcome is.
//!
//! A lesson lists its claims beside its options. Each has a judge that sees the run's events, in
//! the log's order, and nothing else: so a recording is judged as the run itself was. Which claims
//! and outcomes a lesson has is not known here.

mod outcome;
mod turns;

use crate::both;
use crate::events::Record;
use crate::state::{Change, State};

pub use outcome::{
    Outcome, Outcomes, Sequence, Teller, WHO_ENDED_HOW, of_values, shortened, tell, word,
};
pub use turns::{Turn, Turns, Which};

/// A sentence about a run.
pub struct Claim {
    /// Its name: in JSON, and where a person types it.
    pub name: &'static str,
    /// The sentence, in the reader's language. It begins with a small letter and has no full stop.
    pub sentence: fn() -> String,
    /// Who judges one run.
    pub judge: fn() -> Box<dyn Judge>,
}

/// An event, as a judge sees it.
pub struct Seen<'a> {
    /// The event.
    pub record: &'a Record<'a>,
    /// The run so far, this event included.
    pub state: &'a State,
    /// What the event has changed.
    pub change: &'a Change,
}

/// Whether a claim is true of one run.
pub trait Judge {
    /// Sees the run's next event.
    fn see(&mut self, seen: &Seen);

    /// Whether it is true of a run that has ended like this; nothing if it says nothing of this
    /// run.
    fn verdict(&self, state: &State) -> Option<bool>;
}

/// A judge that keeps an `S`: what it makes of each event, and what follows in the end.
pub fn judge<S: Default + 'static>(
    see: fn(&mut S, &Seen),
    verdict: fn(&S, &State) -> Option<bool>,
) -> Box<dyn Judge> {
    Box::new(Fold { so_far: S::default(), see, result: verdict })
}

/// What comes of the events of a run: an `S` that is kept, and what it says in the end.
struct Fold<S, R> {
    so_far: S,
    see: fn(&mut S, &Seen),
    result: fn(&S, &State) -> R,
}

impl<S> Judge for Fold<S, Option<bool>> {
    fn see(&mut self, seen: &Seen) {
        (self.see)(&mut self.so_far, seen);
    }

    fn verdict(&self, state: &State) -> Option<bool> {
        (self.result)(&self.so_far, state)
    }
}

/// The claim that every lesson has.
pub const NOBODY_GETS_STUCK: Claim = Claim {
    name: "not-stuck",
    sentence: || both!("nobody gets stuck", "没有进程卡住"),
    judge: || {
        judge::<()>(
            |(), _| (),
            |(), state| match state.stuck() {
                Some(_) => Some(false),
                None => is_over(state).then_some(true),
            },
        )
    },
};

/// Whether the log goes on to the end of the run: of one that was cut off, much can't be said.
pub fn is_over(state: &State) -> bool {
    state.alive().next().is_none()
}

/// Whether this role is that of `part`, which may have a number: `reader`, `reader-2`.
pub fn plays(role: &str, part: &str) -> bool {
    role.strip_prefix(part).is_some_and(|rest| {
        rest.is_empty()
            || rest
                .strip_prefix('-')
                .is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

/// What can be said of the runs of a lesson: its claims, and what its outcomes are.
pub type OfLesson = (&'static [Claim], Outcomes);

/// What can be said of one run: a judge for each of its lesson's claims, and who tells what came
/// out of it.
pub struct Judges {
    judges: Vec<(&'static Claim, Box<dyn Judge>)>,
    teller: Box<dyn Teller>,
}

impl Judges {
    /// Those of a lesson, for one run.
    pub fn of((claims, outcomes): &OfLesson) -> Judges {
        Judges {
            judges: claims.iter().map(|it| (it, (it.judge)())).collect(),
            teller: (outcomes.teller)(),
        }
    }

    /// Shows all of them the run's next event.
    pub fn see(&mut self, seen: &Seen) {
        self.judges.iter_mut().for_each(|(_, judge)| judge.see(seen));
        self.teller.see(seen);
    }

    /// What each says of a run that has ended like this.
    pub fn verdicts(&self, state: &State) -> impl Iterator<Item = (&'static Claim, Option<bool>)> {
        let verdicts = self.judges.iter();
        verdicts.map(|(claim, judge)| (*claim, judge.verdict(state)))
    }

    /// What came out of a run that has ended like this.
    pub fn outcome(&self, state: &State) -> Outcome {
        Outcome::new(&self.teller.text(state), state)
    }
}

#[cfg(test)]
pub(crate) mod tests;
