//! What decided the outcome of a run: the pair of events whose order tells the outcomes apart best,
//! of all pairs that come in both orders.

use super::Tally;
use crate::both;
use crate::claims::Turn;
use crate::words::figures::{clipped, wrapped};
use crate::words::plain::on_one_line;

/// The most turns, and the most outcomes, that are considered.
const MOST_TURNS: usize = 40;
const MOST_OUTCOMES: usize = 50;

/// Rarer outcomes are left out: they say nothing about what decides.
const LEAST_RUNS: usize = 3;

const NAMED: usize = 5;

/// The order of the turns in each run, by outcome. A process's end is not compared with what the
/// process did: that order is always the same.
#[derive(Default)]
pub(super) struct Decided {
    turns: Vec<Turn>,
    /// For each run, the place of each turn, by the turn's number.
    of_outcomes: Vec<Vec<Box<[u8]>>>,
}

/// The place of a turn that didn't come, after all others.
const NEVER: u8 = u8::MAX;

fn place(order: &[u8], turn: usize) -> u8 {
    order.get(turn).copied().unwrap_or(NEVER)
}

/// A pair of turns, by their numbers, and how much their order tells.
struct Pair {
    first: usize,
    second: usize,
    /// How much the order tells of the outcome, in bits.
    bits: f64,
    /// In how many runs both turns came.
    both: usize,
    /// How many of the two turns are only a parent's notice of a child's end.
    ends: usize,
}

impl Decided {
    /// Counts a run with the outcome of this number.
    pub fn add(&mut self, outcome: usize, turns: Vec<(Turn, u64)>) {
        if outcome >= MOST_OUTCOMES {
            return;
        }
        let mut came = Vec::new();
        for (turn, time) in turns {
            let number = self.turns.iter().position(|known| *known == turn);
            let number = number.unwrap_or(self.turns.len());
            if number == self.turns.len() && number < MOST_TURNS {
                self.turns.push(turn);
            }
            if number < MOST_TURNS {
                came.push((time, number));
            }
        }
        came.sort_unstable();
        let mut places = vec![NEVER; self.turns.len()];
        for (place, (_, number)) in (0..NEVER).zip(came) {
            places[number] = place;
        }
        if self.of_outcomes.len() <= outcome {
            self.of_outcomes.resize_with(outcome + 1, Vec::new);
        }
        self.of_outcomes[outcome].push(places.into());
    }

    /// In how many runs with this outcome the one came before the other.
    fn count(&self, outcome: usize, first: usize, second: usize) -> u64 {
        let runs = self.of_outcomes[outcome].iter();
        runs.filter(|order| place(order, first) < place(order, second)).count() as u64
    }

    fn best(&self) -> Option<Pair> {
        let all: usize = self.of_outcomes.iter().map(Vec::len).sum();
        let outcomes = (0..self.of_outcomes.len())
            .filter(|outcome| self.of_outcomes[*outcome].len() >= LEAST_RUNS);
        let outcomes: Vec<_> = outcomes.collect();
        let sizes: Vec<_> = outcomes.iter().map(|it| self.of_outcomes[*it].len() as f64).collect();
        if outcomes.len() < 2 || sizes.iter().sum::<f64>() * 2.0 < all as f64 {
            return None;
        }
        let pairs = (0..self.turns.len())
            .flat_map(|first| (first + 1..self.turns.len()).map(move |second| (first, second)));
        let pairs = pairs.filter_map(|(first, second)| {
            let turns = [&self.turns[first], &self.turns[second]];
            if turns[0].is_end_of(turns[1]) || turns[1].is_end_of(turns[0]) {
                return None;
            }
            let counts: Vec<_> = outcomes
                .iter()
                .map(|it| [self.count(*it, first, second), self.count(*it, second, first)])
                .collect();
            let came_in_both_orders = (0..2).all(|order| counts.iter().any(|it| it[order] > 0));
            came_in_both_orders.then(|| {
                let runs = outcomes.iter().flat_map(|it| &self.of_outcomes[*it]);
                let both =
                    runs.filter(|it| place(it, first).max(place(it, second)) < NEVER).count();
                let ends = turns.iter().filter(|it| it.event == "exited").count();
                Pair { first, second, bits: information(&counts), both, ends }
            })
        });
        let best = pairs.reduce(|best, pair| match pair.bits - best.bits {
            // Of two orders that tell as much, the better one has fewer ends, and both its turns
            // come in more runs.
            more if more.abs() < 1e-9 => {
                let is_better = (pair.ends, best.both) < (best.ends, pair.both);
                if is_better { pair } else { best }
            }
            more if more > 0.0 => pair,
            _ => best,
        });
        // One order can't tell more than one bit, even of more than two outcomes.
        let most = entropy(&sizes).min(1.0);
        best.filter(|best| best.bits > most / 4.0)
    }
}

/// The mutual information of rows and columns, in bits.
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
    /// Which order of two things decided, and how well it tells outcomes apart; empty if none does.
    pub fn what_decided(&self, width: usize, unicode: bool) -> String {
        let Some(pair) = self.decided.best() else {
            return String::new();
        };
        let turn = |number: usize| self.decided.turns[number].to_string();
        let (first, second) = (turn(pair.first), turn(pair.second));
        let mut lines = vec![both!(
            "What decided: which came first, \"{first}\" or \"{second}\".",
            "起决定作用的是“{first}”与“{second}”谁先谁后。"
        )];
        let is_signal = |number: usize| self.decided.turns[number].event == "terminate";
        if is_signal(pair.first) || is_signal(pair.second) {
            lines.push(both!(
                "  A signal ends its process a little later than it is sent.",
                "  信号发出之后，过一会儿进程才会终止。"
            ));
        }
        let known = self.outcomes().into_iter().filter(|came| came.runs >= LEAST_RUNS as u64);
        for came in known.take(NAMED) {
            let place = self.by_outcome[&came.outcome];
            if place >= self.decided.of_outcomes.len() {
                continue;
            }
            let [count, other] = [(pair.first, pair.second), (pair.second, pair.first)]
                .map(|(first, second)| self.decided.count(place, first, second));
            let (earlier, count) = match count >= other {
                true => (&first, count),
                false => (&second, other),
            };
            let (outcome, runs) = (came.outcome.to_string(), came.runs);
            let mark = if unicode { "…" } else { "..." };
            let name = clipped(&on_one_line(&outcome), (width / 3).max(14), mark);
            lines.push(both!(
                "  {name}: \"{earlier}\" first, in {count} of {runs}",
                "  {name}：“{earlier}”在先，{runs} 次中 {count} 次"
            ));
        }
        lines.iter().map(|line| wrapped(line, width, "    ")).collect()
    }

    /// The two turns whose order decided, for JSON, if one did.
    pub fn decided_by(&self) -> Option<[String; 2]> {
        let pair = self.decided.best()?;
        Some([pair.first, pair.second].map(|it| self.decided.turns[it].in_english()))
    }
}
