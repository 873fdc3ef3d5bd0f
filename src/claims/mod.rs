//! Sentences about a run that its log proves true or false, and what its outcome is.
//!
//! A lesson's judge sees the run's events, in the log's order, and nothing else: so a recording is
//! judged as the run itself was. Which claims and outcomes a lesson has is not known here.

mod outcome;
mod turns;

use crate::events::Record;
use crate::state::{Change, State};
use outcome::who_ended_how;

pub use crate::words::locale::Both;
pub use outcome::{Outcome, Sequence, how, of_values, shortened, word};
pub use turns::{Turn, Turns};

/// Judges a run: collects what the lesson's claims and outcome need from the run's events.
pub trait Judge: Default + 'static {
    /// The lesson's claims; that it gets stuck is claimed of every run.
    const CLAIMS: &'static [Claim<Self>];

    const HEADING: Both = ["who ended how", "各进程怎样结束"];

    /// The words in an outcome that are neither a value nor a role. One that begins with another
    /// one stands before it.
    const WORDS: &'static [Both] = &[];

    fn see(&mut self, seen: &Seen);

    /// What in the run decides about the claim with this name, a sentence each.
    fn evidence(&self, _claim: &str, _state: &State) -> Vec<String> {
        Vec::new()
    }

    /// Whether the log goes on to the end of the run.
    fn is_over(&self, state: &State) -> bool {
        is_over(state)
    }

    /// The outcome in English, with [`WORDS`](Judge::WORDS) of its own only; empty if nothing came
    /// out.
    fn outcome(&self, state: &State) -> String {
        who_ended_how(state)
    }
}

/// A sentence about a run, and when it is true.
pub struct Claim<J> {
    /// The claim's name: in JSON, and where a person types it.
    pub name: &'static str,
    /// The sentence. It begins with a small letter and has no full stop.
    pub sentence: Both,
    /// Whether the claim is true of a run that has ended in this state; nothing if the claim
    /// doesn't apply to the run.
    pub holds: fn(&J, &State) -> Option<bool>,
}

/// A claim's name and sentence.
#[derive(Clone, Copy)]
pub struct Claimed {
    pub name: &'static str,
    pub sentence: Both,
}

/// An event, as a judge sees it.
pub struct Seen<'a> {
    pub record: &'a Record<'a>,
    /// The run so far, this event included.
    pub state: &'a State,
    /// What the event has changed.
    pub change: &'a Change,
}

impl Judge for () {
    const CLAIMS: &'static [Claim<Self>] = &[];

    fn see(&mut self, _: &Seen) {}
}

/// Whether the log goes on to the end of the run. Many claims don't apply to a log that was cut
/// off.
pub fn is_over(state: &State) -> bool {
    state.alive().next().is_none()
}

/// Whether this role is that of `part`, which may have a number: `reader`, `reader-2`.
pub fn plays(role: &str, part: &str) -> bool {
    self::part(role) == part
}

/// A role without its number.
fn part(role: &str) -> &str {
    match role.rsplit_once('-') {
        Some((part, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => part,
        _ => role,
    }
}

/// A lesson's claims, and the judge of its runs.
#[derive(Clone, Copy)]
pub struct OfLesson {
    claims: fn() -> Vec<Claimed>,
    pub heading: Both,
    words: &'static [Both],
    begin: fn() -> Box<dyn AnyJudge>,
}

trait AnyJudge {
    fn see(&mut self, seen: &Seen);
    fn hold(&self, state: &State) -> Vec<Option<bool>>;
    fn evidence(&self, claim: &str, state: &State) -> Vec<String>;
    fn is_over(&self, state: &State) -> bool;
    fn outcome(&self, state: &State) -> String;
}

impl<J: Judge> AnyJudge for J {
    fn see(&mut self, seen: &Seen) {
        Judge::see(self, seen);
    }

    fn hold(&self, state: &State) -> Vec<Option<bool>> {
        J::CLAIMS.iter().map(|claim| (claim.holds)(self, state)).collect()
    }

    fn evidence(&self, claim: &str, state: &State) -> Vec<String> {
        Judge::evidence(self, claim, state)
    }

    fn is_over(&self, state: &State) -> bool {
        Judge::is_over(self, state)
    }

    fn outcome(&self, state: &State) -> String {
        Judge::outcome(self, state)
    }
}

impl OfLesson {
    /// A lesson with the judge `J`.
    pub const fn of<J: Judge>() -> OfLesson {
        OfLesson {
            claims: || {
                let claims = J::CLAIMS.iter();
                let claims = claims.map(|it| Claimed { name: it.name, sentence: it.sentence });
                claims.chain([GETS_STUCK]).collect()
            },
            heading: J::HEADING,
            words: J::WORDS,
            begin: || Box::<J>::default(),
        }
    }

    pub fn claims(&self) -> Vec<Claimed> {
        (self.claims)()
    }

    /// Parses an outcome as a person types it: as it is shown, in either language.
    pub fn typed(&self, outcome: &str) -> Outcome {
        Outcome::typed(outcome, self.words)
    }
}

const GETS_STUCK: Claimed =
    Claimed { name: "stuck", sentence: ["it gets stuck", "有进程卡住"] };

/// The judge of one run, who sees its events one by one.
pub struct OfRun {
    of_lesson: OfLesson,
    judge: Box<dyn AnyJudge>,
}

impl OfRun {
    pub fn of(lesson: &OfLesson) -> OfRun {
        OfRun { of_lesson: *lesson, judge: (lesson.begin)() }
    }

    pub fn see(&mut self, seen: &Seen) {
        self.judge.see(seen);
    }

    /// Each claim, and whether it is true of a run that has ended in this state.
    pub fn verdicts(&self, state: &State) -> impl Iterator<Item = (Claimed, Option<bool>)> {
        let is_stuck = match state.stuck() {
            Some(_) => Some(true),
            None => self.judge.is_over(state).then_some(false),
        };
        let verdicts = self.judge.hold(state).into_iter().chain([is_stuck]);
        self.of_lesson.claims().into_iter().zip(verdicts)
    }

    /// What decides about the claim with this name, a sentence each; a lesson's claims have none.
    pub fn evidence(&self, claim: &str, state: &State) -> Vec<String> {
        self.judge.evidence(claim, state)
    }

    /// The outcome of a run that has ended in this state.
    pub fn outcome(&self, state: &State) -> Outcome {
        Outcome::new(&self.judge.outcome(state), self.of_lesson.words, state)
    }
}

#[cfg(test)]
pub(crate) mod tests;
