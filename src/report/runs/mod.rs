//! Many runs of the same command: how often each claim was true, what came out how often, and what
//! decided that. The tally grows with the number of different outcomes, not with the number of
//! runs.

mod decided;
mod tables;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::statistics::{most_if_never, wilson};
use crate::both;
use crate::claims::{Claimed, Outcome, Turn};
use decided::Decided;

/// How many outcomes are told apart. Later ones are only counted.
const MOST_OUTCOMES: usize = 1_000;

#[derive(Default)]
pub struct Tally {
    claims: Vec<Counted>,
    outcomes: Vec<Came>,
    by_outcome: HashMap<Outcome, usize>,
    /// The number of runs whose outcomes came after the first [`MOST_OUTCOMES`], and are not told
    /// apart.
    pub beyond: u64,
    pub runs: u64,
    /// Whether the runs make random pauses, which their seeds repeat.
    pub has_pauses: bool,
    decided: Decided,
}

pub struct Counted {
    pub claim: Claimed,
    /// In how many runs the claim was true.
    pub holds: u64,
    /// In how many runs the claim was true or false.
    pub of: u64,
}

pub struct Came {
    pub outcome: Outcome,
    pub runs: u64,
    /// The first run with this outcome, from 1.
    pub first: u64,
    pub seed: u64,
}

/// Whether a claim was true in all of these runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Often {
    /// In every run.
    Always,
    /// In some runs.
    Sometimes,
    /// In no run.
    Never,
}

impl Often {
    /// The word for it.
    pub fn word(self) -> String {
        match self {
            Often::Always => both!("always", "总是"),
            Often::Sometimes => both!("sometimes", "有时"),
            Often::Never => both!("never", "从不"),
        }
    }
}

impl Counted {
    /// How often the claim was true; nothing if the claim applied to no run.
    pub fn often(&self) -> Option<Often> {
        match (self.holds, self.of) {
            (_, 0) => None,
            (0, _) => Some(Often::Never),
            (holds, of) if holds == of => Some(Often::Always),
            _ => Some(Often::Sometimes),
        }
    }

    /// The 95 % confidence interval of the share.
    pub fn interval(&self) -> (f64, f64) {
        match self.often() {
            Some(Often::Never) => (0.0, most_if_never(self.of)),
            Some(Often::Always) => (1.0 - most_if_never(self.of), 1.0),
            _ => wilson(self.holds, self.of),
        }
    }
}

impl Tally {
    /// No runs yet, of a lesson with these claims.
    pub fn new(claims: &[Claimed]) -> Tally {
        let counted = claims.iter().map(|&claim| Counted { claim, holds: 0, of: 0 });
        Tally { claims: counted.collect(), ..Tally::default() }
    }

    /// Counts one more run; `turns` is the order in which things happened.
    pub fn add(
        &mut self,
        run: u64,
        seed: u64,
        verdicts: impl Iterator<Item = Option<bool>>,
        outcome: Outcome,
        turns: Vec<(Turn, u64)>,
    ) {
        self.runs += 1;
        for (counted, verdict) in self.claims.iter_mut().zip(verdicts) {
            counted.of += u64::from(verdict.is_some());
            counted.holds += u64::from(verdict == Some(true));
        }
        let place = match self.by_outcome.get(&outcome) {
            Some(&place) => place,
            None if self.outcomes.len() == MOST_OUTCOMES => {
                self.beyond += 1;
                return;
            }
            None => {
                let place = self.outcomes.len();
                self.by_outcome.insert(outcome.clone(), place);
                self.outcomes.push(Came { outcome, runs: 0, first: run, seed });
                place
            }
        };
        self.outcomes[place].runs += 1;
        self.decided.add(place, turns);
    }

    /// Whether this outcome has not come yet, and would be told apart from others.
    pub fn is_new(&self, outcome: &Outcome) -> bool {
        self.outcomes.len() < MOST_OUTCOMES && !self.by_outcome.contains_key(outcome)
    }

    /// In which run this outcome came first, if it did.
    pub fn came(&self, outcome: &Outcome) -> Option<&Came> {
        self.by_outcome.get(outcome).map(|place| &self.outcomes[*place])
    }

    /// The claims that applied to at least one run.
    pub fn claims(&self) -> impl Iterator<Item = (&Counted, Often)> {
        self.claims.iter().filter_map(|counted| Some((counted, counted.often()?)))
    }

    /// The outcomes, the most frequent first, and of equals the one that came first.
    pub fn outcomes(&self) -> Vec<&Came> {
        let mut outcomes: Vec<_> = self.outcomes.iter().collect();
        outcomes.sort_by_key(|came| (std::cmp::Reverse(came.runs), came.first));
        outcomes
    }
}

/// An interval of shares in percent, both ends with as few digits as tell them from none and all.
pub fn interval((low, high): (f64, f64)) -> [String; 2] {
    let shown = |share: f64, digits: usize| format!("{:.digits$}", share * 100.0);
    let tells = |digits: &usize| {
        (low <= 0.0 || shown(low, *digits) != shown(0.0, *digits))
            && (high >= 1.0 || shown(high, *digits) != shown(1.0, *digits))
    };
    let digits = (0..4).find(tells).unwrap_or(4);
    [low, high].map(|share| shown(share, digits))
}

/// A share in percent, as precise as it has to be: 52, 3.1, 0.02, and 99.7 for what is almost all.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let digits = match percent.min(100.0 - percent) {
        rest if rest <= 0.0 => 0,
        rest if rest < 0.1 => 3,
        rest if rest < 1.0 => 2,
        rest if rest < 9.95 => 1,
        _ => 0,
    };
    let text = format!("{percent:.digits$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}
