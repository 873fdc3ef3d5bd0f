//! What came out how often, as a table with bars; and what decided.

use unicode_width::UnicodeWidthStr as _;

use super::{Came, Tally};
use crate::both;
use crate::words::figures::{left, right};
use crate::words::plain::on_one_line;

/// How many outcomes have a line.
pub(super) const SHOWN: usize = 20;

/// How long a bar is at most, and how short the longest one may be.
const BARS: std::ops::RangeInclusive<usize> = 8..=26;

impl Tally {
    /// The outcomes below this heading, in so many columns: the most frequent first, each with the
    /// run in which it came first.
    pub fn outcomes_table(&self, heading: &str, width: usize) -> String {
        let outcomes = self.outcomes();
        let Some(most) = outcomes.first().map(|came| came.runs) else {
            return String::new();
        };
        let shown = &outcomes[..outcomes.len().min(SHOWN)];
        let room = (width / 3).max(14);
        let names: Vec<_> =
            shown.iter().map(|came| on_one_line(&came.outcome.to_string()).into_owned()).collect();
        // What tells long ones apart may stand at their ends, so these have lines of their own.
        let is_beside = heading.width() <= room && names.iter().all(|name| name.width() <= room);
        let widths = names.iter().map(|name| name.width()).chain([heading.width()]);
        let name_width = if is_beside { widths.max().unwrap_or_default() + 2 } else { 0 };
        let runs = both!("runs", "次数");
        let count_width = most.to_string().len().max(runs.width());
        let firsts: Vec<_> = shown.iter().map(|came| first(came)).collect();
        let first_width = firsts.iter().map(|it| it.width()).max().unwrap_or_default();
        let left_for_bars =
            |others: usize| width.saturating_sub(name_width + count_width + 2 + others);
        let is_one_line = left_for_bars(first_width + 2) >= *BARS.start();
        let longest = match is_one_line {
            true => left_for_bars(first_width + 2),
            false => left_for_bars(0),
        };
        let longest = longest.clamp(1, *BARS.end());

        let mut text = match is_beside {
            true => format!("{}{}\n", left(heading, name_width), right(&runs, count_width)),
            false => format!("{}\n", textwrap::fill(&format!("{runs}  {heading}"), width)),
        };
        let below = " ".repeat(if is_beside { 2 } else { count_width + 2 });
        let options = textwrap::Options::new(width)
            .word_splitter(textwrap::WordSplitter::NoHyphenation)
            .initial_indent(&below)
            .subsequent_indent(&below);
        for ((came, name), first) in shown.iter().zip(&names).zip(&firsts) {
            let bar = "#".repeat((came.runs as usize * longest).div_ceil(most as usize));
            let count = right(&came.runs.to_string(), count_width);
            let cell = if is_beside { left(name, name_width) } else { String::new() };
            text += &match is_one_line {
                true => format!("{cell}{count}  {}  {first}\n", left(&bar, longest)),
                false => format!("{cell}{count}  {bar}\n{below}{first}\n"),
            };
            if !is_beside {
                text += &format!("{}\n", textwrap::fill(name, &options));
            }
        }
        text + &self.rest(&outcomes)
    }

    /// What is not shown of the outcomes.
    fn rest(&self, outcomes: &[&Came]) -> String {
        let hidden = outcomes.get(SHOWN..).unwrap_or_default();
        let (kinds, beyond) = (hidden.len(), self.beyond);
        let runs = hidden.iter().map(|came| came.runs).sum::<u64>() + beyond;
        match (kinds, beyond) {
            (0, 0) => String::new(),
            (1, 0) => both!(
                "and 1 more outcome, in {runs} of the runs\n",
                "另有 1 种结果，共 {runs} 次\n"
            ),
            (kinds, 0) => both!(
                "and {kinds} more outcomes, in {runs} of the runs\n",
                "另有 {kinds} 种结果，共 {runs} 次\n"
            ),
            (kinds, _) => both!(
                "and more than {kinds} more outcomes, in {runs} of the runs\n",
                "另有超过 {kinds} 种结果，共 {runs} 次\n"
            ),
        }
    }
}

fn first(came: &Came) -> String {
    let Came { first, seed, .. } = came;
    both!("first in run {first}: --seed {seed}", "首见于第 {first} 次：--seed {seed}")
}
