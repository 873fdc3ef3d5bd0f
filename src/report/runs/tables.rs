//! How often each claim was true, and what came out how often, as tables.

use unicode_width::UnicodeWidthStr as _;

use super::{Came, Counted, Often, Tally, interval, percent};
use crate::both;
use crate::report::statistics::most_if_never;
use crate::words::figures::{count, left, right, wrapped};
use crate::words::locale::in_words;
use crate::words::plain::on_one_line;

const SHOWN: usize = 20;

/// Of more outcomes that came only once, two are shown as examples.
const MOST_SINGLE: usize = 4;
const EXAMPLES: usize = 2;

/// How long a bar is at most, and how short the longest one may be.
const BARS: std::ops::RangeInclusive<usize> = 8..=26;

impl Tally {
    /// A line for each claim; in few columns, one for its sentence and one for its figures.
    pub fn claims_table(&self, width: usize) -> String {
        let rows: Vec<_> = self.claims().map(|(counted, often)| cells(counted, often)).collect();
        let widths = [0, 1, 2, 3].map(|column: usize| {
            rows.iter().map(|row| row[column].width()).max().unwrap_or_default()
        });
        let figures = |row: &[String; 5]| {
            let [_, word, count, share, rest] = row;
            let (word, count) = (left(word, widths[1]), right(count, widths[2]));
            let share = right(share, widths[3]);
            format!("{word}  {count}  {share}  {rest}").trim_end().to_owned()
        };
        let lines =
            rows.iter().map(|row| format!("{}  {}", left(&row[0], widths[0]), figures(row)));
        let lines: Vec<_> = lines.collect();
        if lines.iter().all(|line| line.width() <= width) {
            return lines.iter().map(|line| format!("{line}\n")).collect();
        }
        let stacked = rows.iter().map(|row| {
            let lines = [row[0].clone(), format!("  {}", figures(row))];
            lines.map(|line| wrapped(&line, width, "  ")).concat()
        });
        stacked.collect()
    }

    /// The outcomes below this heading, the most frequent first.
    pub fn outcomes_table(&self, heading: &str, width: usize) -> String {
        let outcomes = self.outcomes();
        let Some(most) = outcomes.first().map(|came| came.runs) else {
            return String::new();
        };
        let single = outcomes.iter().filter(|came| came.runs == 1).count();
        let folded = if single > MOST_SINGLE { single - EXAMPLES } else { 0 };
        let shown = &outcomes[..(outcomes.len() - folded).min(SHOWN)];
        if single == outcomes.len() && folded > 0 && self.beyond == 0 {
            let examples = shown.iter().map(|came| {
                let name = on_one_line(&came.outcome.to_string()).into_owned();
                wrapped(&format!("  {name}"), width, "    ")
            });
            let sentence = both!(
                "{heading}: {single} different ones in {single} runs, for example",
                "{heading}：{single} 次运行，{single} 种各不相同，例如"
            );
            return wrapped(&sentence, width, "  ") + &examples.collect::<String>();
        }
        let room = (width / 3).max(14);
        let names: Vec<_> =
            shown.iter().map(|came| on_one_line(&came.outcome.to_string()).into_owned()).collect();
        // Long outcomes may differ only at their ends, so they are shown whole, on lines of their
        // own.
        let is_beside = heading.width() <= room && names.iter().all(|name| name.width() <= room);
        let widths = names.iter().map(|name| name.width()).chain([heading.width()]);
        let name_width = if is_beside { widths.max().unwrap_or_default() + 2 } else { 0 };
        let runs = both!("runs", "次数");
        let count_width = most.to_string().len().max(runs.width());
        let firsts: Vec<_> = shown.iter().map(|came| self.first(came)).collect();
        let first_width = firsts.iter().map(|it| it.width()).max().unwrap_or_default();
        let room = width.saturating_sub(name_width + count_width + 2);
        let beside_first = room.saturating_sub(first_width + 2);
        let is_one_line = beside_first >= *BARS.start();
        let longest = if is_one_line { beside_first } else { room }.clamp(1, *BARS.end());

        let mut text = match is_beside {
            true => format!("{}{}\n", left(heading, name_width), right(&runs, count_width)),
            false => wrapped(&format!("{runs}  {heading}"), width, ""),
        };
        let below = " ".repeat(if is_beside { 2 } else { count_width + 2 });
        for ((came, name), first) in shown.iter().zip(&names).zip(&firsts) {
            let bar = "#".repeat((came.runs as usize * longest).div_ceil(most as usize));
            let count = right(&came.runs.to_string(), count_width);
            let cell = if is_beside { left(name, name_width) } else { String::new() };
            text += &match is_one_line {
                true => format!("{cell}{count}  {}  {first}\n", left(&bar, longest)),
                false => format!("{cell}{count}  {bar}\n{below}{first}\n"),
            };
            if !is_beside {
                text += &wrapped(&format!("{below}{name}"), width, &below);
            }
        }
        text + &self.rest(&outcomes[shown.len()..])
    }

    /// In which run an outcome came first, and the seed that repeats its pauses.
    fn first(&self, came: &Came) -> String {
        let Came { first, seed, .. } = came;
        match self.has_pauses {
            true => {
                both!("first in run {first}: --seed {seed}", "首见于第 {first} 次：--seed {seed}")
            }
            false => both!("first in run {first}", "首见于第 {first} 次"),
        }
    }

    /// The line about the outcomes that are not shown.
    fn rest(&self, hidden: &[&Came]) -> String {
        let (kinds, beyond) = (hidden.len(), self.beyond);
        let runs = hidden.iter().map(|came| came.runs).sum::<u64>() + beyond;
        match (kinds, beyond) {
            (0, 0) => String::new(),
            (kinds, 0) if runs == kinds as u64 => both!(
                "and {kinds} more outcomes that came once each\n",
                "另有 {kinds} 种结果，各出现一次\n"
            ),
            (kinds, 0) => {
                let more = count(kinds, "more outcome");
                both!("and {more}, in {runs} of the runs\n", "另有 {kinds} 种结果，共 {runs} 次\n")
            }
            (kinds, _) => both!(
                "and more than {kinds} more outcomes, in {runs} of the runs\n",
                "另有超过 {kinds} 种结果，共 {runs} 次\n"
            ),
        }
    }
}

/// A row: the sentence, how often, the count, the share, and what follows for the rest.
fn cells(counted: &Counted, often: Often) -> [String; 5] {
    let Counted { claim, holds, of } = counted;
    let count = both!("{holds} of {of}", "{of} 次中 {holds} 次");
    let most = percent(most_if_never(*of));
    let (share, rest) = match often {
        Often::Sometimes => {
            let [low, high] = interval(counted.interval());
            let share = percent(*holds as f64 / *of as f64);
            (both!("{share} %", "{share}%"), both!("({low} to {high} %)", "（{low} 到 {high}%）"))
        }
        Often::Always => (
            String::new(),
            both!(
                "(no exception in {of}: at most {most} % of runs)",
                "（没有例外：例外至多占 {most}%）"
            ),
        ),
        Often::Never => (
            String::new(),
            both!("(not once in {of}: at most {most} % of runs)", "（一次也没有：至多占 {most}%）"),
        ),
    };
    [in_words(claim.sentence).to_owned(), often.word(), count, share, rest]
}
