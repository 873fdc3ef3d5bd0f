//! What decided how a run came out: of the pairs of things that happen in both orders, the one
//! whose order tells the outcomes apart best.

use std::cmp::Reverse;

use super::{Tally, outcomes::clipped};
use crate::both;
use crate::claims::Turn;

/// How many kinds of thing, and how many outcomes, are looked at.
const MOST_TURNS: usize = 40;
const MOST_OUTCOMES: usize = 50;

/// An outcome that came less often says nothing of what decides.
const LEAST_RUNS: u64 = 3;

/// How many outcomes are named.
const NAMED: usize = 5;

/// The orders of things, counted for each outcome. What didn't happen in a run comes behind all
/// that did. A process's end is not held against what it did: that order is always the same.
#[derive(Default)]
pub(super) struct Decided {
    turns: Vec<Turn>,
    of_outcomes: Vec<Orders>,
}

/// The orders in the runs with one outcome.
#[derive(Default)]
struct Orders {
    runs: u64,
    /// How often each turn came.
    came: Vec<u64>,
    /// How often the one came before the other, by their numbers; also where the other didn't come.
    before: Vec<Vec<u64>>,
    /// How often both came.
    both: Vec<Vec<u64>>,
}

/// A pair of turns, by their numbers, and what its order tells.
struct Pair {
    first: usize,
    second: usize,
    /// How much the order tells of the outcome, in bits.
    bits: f64,
    /// In how many runs both came.
    both: u64,
    /// How many of the two are only what a parent notices of an end.
    ends: usize,
}

impl Decided {
    /// Counts a run with the outcome of this number.
    pub fn add(&mut self, outcome: usize, turns: Vec<(Turn, u64)>) {
        if outcome >= MOST_OUTCOMES {
            return;
        }
        let mut places = vec![None; self.turns.len()];
        for (turn, place) in turns {
            match self.turns.iter().position(|known| *known == turn) {
                Some(number) => places[number] = Some(place),
                None if self.turns.len() < MOST_TURNS => {
                    self.turns.push(turn);
                    places.push(Some(place));
                }
                None => {}
            }
        }
        if self.of_outcomes.len() <= outcome {
            self.of_outcomes.resize_with(outcome + 1, Orders::default);
        }
        self.of_outcomes[outcome].add(&places);
    }

    fn count(&self, outcome: usize, first: usize, second: usize) -> u64 {
        self.of_outcomes[outcome].count(first, second)
    }

    /// The pair that tells the outcomes apart best, if one tells enough.
    fn best(&self) -> Option<Pair> {
        let runs = |outcome: &usize| self.of_outcomes[*outcome].runs;
        let outcomes = (0..self.of_outcomes.len()).filter(|it| runs(it) >= LEAST_RUNS);
        let outcomes: Vec<_> = outcomes.collect();
        let all: u64 = self.of_outcomes.iter().map(|it| it.runs).sum();
        let frequent: u64 = outcomes.iter().map(runs).sum();
        if outcomes.len() < 2 || frequent * 2 < all {
            return None;
        }
        let mut best: Option<Pair> = None;
        for first in 0..self.turns.len() {
            for second in first + 1..self.turns.len() {
                let (one, other) = (&self.turns[first], &self.turns[second]);
                if one.is_end_of(other) || other.is_end_of(one) {
                    continue;
                }
                let counts = outcomes.iter().map(|&outcome| {
                    [self.count(outcome, first, second), self.count(outcome, second, first)]
                });
                let counts: Vec<_> = counts.collect();
                let came_in_both_orders = (0..2).all(|order| counts.iter().any(|it| it[order] > 0));
                if !came_in_both_orders {
                    continue;
                }
                let both =
                    outcomes.iter().map(|&it| self.of_outcomes[it].count_both(first, second)).sum();
                let bits = information(&counts);
                let ends = [one, other].iter().filter(|it| it.event == "exited").count();
                // Of orders that tell as much, the one that says more of what happens.
                let is_better = |best: &Pair| match bits - best.bits {
                    more if more.abs() < 1e-9 => {
                        (ends, Reverse(both)) < (best.ends, Reverse(best.both))
                    }
                    more => more > 0.0,
                };
                if best.as_ref().is_none_or(is_better) {
                    best = Some(Pair { first, second, bits, both, ends });
                }
            }
        }
        let sizes: Vec<_> = outcomes.iter().map(|it| runs(it) as f64).collect();
        // Of more outcomes than two, one order can't tell more than one bit.
        let most = entropy(&sizes).min(1.0);
        best.filter(|best| best.bits > most / 4.0)
    }
}

impl Orders {
    fn add(&mut self, places: &[Option<u64>]) {
        self.runs += 1;
        // What is new here didn't come in the runs before.
        while self.came.len() < places.len() {
            self.came.push(0);
            for (row, came) in self.before.iter_mut().zip(&self.came) {
                row.push(*came);
            }
            self.both.iter_mut().for_each(|row| row.push(0));
            self.before.push(vec![0; self.came.len()]);
            self.both.push(vec![0; self.came.len()]);
        }
        for (first, at) in places.iter().enumerate() {
            let Some(at) = at else { continue };
            self.came[first] += 1;
            for (second, other) in places.iter().enumerate() {
                self.before[first][second] += u64::from(other.is_none_or(|other| at < &other));
                self.both[first][second] += u64::from(other.is_some());
            }
        }
    }

    fn count(&self, first: usize, second: usize) -> u64 {
        match self.before.get(first) {
            Some(row) => *row.get(second).unwrap_or(&self.came[first]),
            None => 0,
        }
    }

    fn count_both(&self, first: usize, second: usize) -> u64 {
        let row = self.both.get(first);
        row.and_then(|row| row.get(second)).copied().unwrap_or_default()
    }
}

/// How much is known of a row when the column is known, in bits.
fn information(rows: &[[u64; 2]]) -> f64 {
    let sums = |of: fn(&[u64; 2]) -> u64| rows.iter().map(|row| of(row) as f64).collect::<Vec<_>>();
    let (firsts, seconds) = (sums(|row| row[0]), sums(|row| row[1]));
    let all = sums(|row| row[0] + row[1]);
    let [first, second, total] = [&firsts, &seconds, &all].map(|it| it.iter().sum::<f64>());
    if total == 0.0 {
        return 0.0;
    }
    entropy(&all) - (first * entropy(&firsts) + second * entropy(&seconds)) / total
}

/// The entropy of a distribution with these sizes, in bits.
fn entropy(sizes: &[f64]) -> f64 {
    let total: f64 = sizes.iter().sum();
    let shares = sizes.iter().filter(|size| **size > 0.0).map(|size| size / total);
    shares.map(|share| -share * share.log2()).sum()
}

impl Tally {
    /// Which order of two things decided, and how well it tells the most frequent outcomes apart;
    /// nothing if none does.
    pub fn what_decided(&self, width: usize, unicode: bool) -> String {
        let Some(pair) = self.decided.best() else {
            return String::new();
        };
        let turn = |number: usize| self.decided.turns[number].to_string();
        let (first, second) = (turn(pair.first), turn(pair.second));
        let mut lines = vec![both!(
            "What decided: which came first, \"{first}\" or \"{second}\".",
            "起决定作用的是“{first}”和“{second}”的先后。"
        )];
        let known = self.outcomes().into_iter().filter(|came| came.runs >= LEAST_RUNS);
        for came in known.take(NAMED) {
            let Some(&place) = self.by_outcome.get(&came.outcome) else {
                continue;
            };
            if place >= self.decided.of_outcomes.len() {
                continue;
            }
            let [count, other] = [(pair.first, pair.second), (pair.second, pair.first)]
                .map(|(first, second)| self.decided.count(place, first, second));
            let (earlier, count) = match count >= other {
                true => (&first, count),
                false => (&second, other),
            };
            let (name, runs) =
                (clipped(&came.outcome.to_string(), (width / 3).max(14), unicode), came.runs);
            lines.push(both!(
                "  {name}: \"{earlier}\" first, in {count} of {runs}",
                "  {name}：“{earlier}”在先，{runs} 次中 {count} 次"
            ));
        }
        let options = textwrap::Options::new(width).subsequent_indent("    ");
        let lines = lines.iter().map(|line| format!("{}\n", textwrap::fill(line, &options)));
        lines.collect()
    }

    /// The same for JSON: the two things, if an order decided.
    pub fn decided_by(&self) -> Option<[String; 2]> {
        let pair = self.decided.best()?;
        Some([pair.first, pair.second].map(|it| self.decided.turns[it].in_english()))
    }
}
