//! How often each claim was true, as a table.

use unicode_width::UnicodeWidthStr as _;

use super::{Counted, Often, Tally, percent};
use crate::both;
use crate::report::statistics::most_if_never;
use crate::words::figures::{left, right};

impl Tally {
    /// A line for each claim; where such a line has no place in so many columns, a line for its
    /// sentence and one for its figures.
    pub fn claims_table(&self, width: usize) -> String {
        let rows: Vec<_> = self.claims().map(|(counted, often)| cells(counted, often)).collect();
        let widest = |column: usize| {
            let widths = rows.iter().map(|row| row[column].width());
            widths.max().unwrap_or_default()
        };
        let widths = [0, 1, 2, 3].map(widest);
        let figures = |row: &[String; 6]| {
            let [_, word, count, share, rest, _] = row;
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
        let options = textwrap::Options::new(width).subsequent_indent("  ");
        let stacked = rows.iter().map(|row| {
            let [sentence, word, count, share, _, short] = row;
            let line = format!("  {}", figures(row));
            let line = match line.width() <= width {
                true => line,
                false => {
                    let options =
                        textwrap::Options::new(width).initial_indent("  ").subsequent_indent("  ");
                    let figures = figures(&["", word, count, share, "", ""].map(str::to_owned));
                    let (figures, rest) = (figures.trim_end(), textwrap::fill(short, options));
                    format!("  {figures}\n{rest}")
                }
            };
            format!("{}\n{line}\n", textwrap::fill(sentence, &options))
        });
        stacked.collect()
    }
}

/// The cells of a row: the sentence, how often, the count, the share, what that allows one to say
/// of the rest, and the same in fewer words.
fn cells(counted: &Counted, often: Often) -> [String; 6] {
    let Counted { claim, holds, of } = counted;
    let count = both!("{holds} of {of}", "{of} 次中 {holds} 次");
    let most = percent(most_if_never(*of));
    let (share, rest, short) = match often {
        Often::Sometimes => {
            let (low, high) = counted.interval();
            let (low, high) = (percent(low), percent(high));
            let share = percent(*holds as f64 / *of as f64);
            let interval = both!("({low} to {high})", "（{low} 到 {high}）");
            (format!("{share} %"), interval.clone(), interval)
        }
        Often::Always => (
            String::new(),
            both!(
                "(never otherwise in {of}: less than {most} %)",
                "（没有例外：例外少于 {most} %）"
            ),
            both!("(otherwise: less than {most} %)", "（例外：少于 {most} %）"),
        ),
        Often::Never => (
            String::new(),
            both!("(not once in {of}: less than {most} %)", "（一次也没有：少于 {most} %）"),
            both!("(not once: less than {most} %)", "（少于 {most} %）"),
        ),
    };
    [(claim.sentence)(), often.word(), count, share, rest, short]
}
