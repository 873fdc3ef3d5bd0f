//! How figures are written: numbers with their units, ratios in words, and columns.

use std::fmt::Display;

use textwrap::WordSeparator;
use textwrap::core::Word;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::both;
use crate::words::locale::is_utf8;

/// A number of things in English: `1 core`, `2 cores`.
pub(crate) fn count(many: impl Display, what: &str) -> String {
    match many.to_string().as_str() {
        "1" => format!("1 {what}"),
        many => format!("{many} {what}s"),
    }
}

/// A number with a comma before each group of three digits.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A ratio as a number, or nothing when it is about 1.
pub(crate) fn factor(ratio: f64) -> Option<String> {
    match ratio {
        0.95..1.05 => None,
        10.0.. => Some(format!("{ratio:.0}")),
        1.0.. => Some(format!("{ratio:.1}")),
        _ => Some(format!("{ratio:.2}")),
    }
}

/// Seconds with three decimals, or with a power of ten where the digits would fill the line.
pub(crate) fn seconds(seconds: f64) -> String {
    if seconds < 1e9 {
        both!("{seconds:.3} s", "{seconds:.3} 秒")
    } else {
        both!("{seconds:.0e} s", "{seconds:.0e} 秒")
    }
}

/// The sign for microseconds, as far as the locale has it.
pub(crate) fn micros() -> &'static str {
    if is_utf8(|name| std::env::var(name).ok()) { "µs" } else { "us" }
}

/// The sign before a spread, as far as the locale has it.
pub(crate) fn plus_minus() -> &'static str {
    if is_utf8(|name| std::env::var(name).ok()) { "±" } else { "+-" }
}

/// A duration with three digits, in the unit that suits it.
pub(crate) fn duration(seconds: f64) -> String {
    let micros = micros();
    let (value, unit) = match seconds {
        s if s < 1e-6 => (s * 1e9, both!("ns", "纳秒")),
        s if s < 1e-3 => (s * 1e6, both!("{micros}", "微秒")),
        s if s < 1.0 => (s * 1e3, both!("ms", "毫秒")),
        s => (s, both!("s", "秒")),
    };
    let digits = match value {
        v if v < 10.0 => 2,
        v if v < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {unit}")
}

pub(crate) fn mebibytes(kib: u64) -> String {
    let mib = kib as f64 / 1024.0;
    let decimals = if mib < 100.0 { 1 } else { 0 };
    format!("{mib:.decimals$} MiB")
}

/// The words between which a line may end: those of Chinese, too. No name is broken at its hyphen,
/// `%` stays with its number, and a bracket with more than one character.
pub(crate) fn words(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let (mut words, mut begin, mut end) = (Vec::new(), 0, 0);
    for word in WordSeparator::UnicodeBreakProperties.find_words(line) {
        end += word.word.len() + word.whitespace.len();
        let (before, after) = line.split_at(end);
        let last_but_one = before.chars().rev().nth(1);
        let is_one = before.ends_with('-')
            || after.starts_with('%')
            || last_but_one.is_some_and(|c| matches!(c, '[' | '（'));
        if !is_one || after.is_empty() {
            words.push(Word::from(&line[begin..end]));
            begin = end;
        }
    }
    Box::new(words.into_iter())
}

/// A text in lines of at most so many columns, all but the first indented.
pub(crate) fn wrapped(text: &str, columns: usize, indent: &str) -> String {
    let options = textwrap::Options::new(columns)
        .word_separator(WordSeparator::Custom(words))
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .subsequent_indent(indent);
    textwrap::fill(text, options) + "\n"
}

/// A text in at most so many columns; where it is cut, it ends with this mark.
pub(crate) fn clipped(text: &str, columns: usize, mark: &str) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut room = columns.saturating_sub(mark.width());
    let fits = |c: &char| {
        let width = c.width().unwrap_or_default();
        let fits = width <= room;
        room = room.saturating_sub(width);
        fits
    };
    let start: String = text.chars().take_while(fits).collect();
    start.trim_end().to_owned() + mark
}

/// A cell of at least this many columns on the screen, flush left. Chinese characters take two
/// columns each.
pub(crate) fn left(text: &str, columns: usize) -> String {
    text.to_owned() + &padding(text, columns)
}

/// A cell of at least this many columns on the screen, flush right.
pub(crate) fn right(text: &str, columns: usize) -> String {
    padding(text, columns) + text
}

fn padding(text: &str, columns: usize) -> String {
    " ".repeat(columns.saturating_sub(text.width()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::locale::{Language, choose};

    #[test]
    fn a_duration_has_three_digits_and_its_unit() {
        choose(Language::En);
        let shown = [5e-10, 4.2e-7, 1.234e-5, 7.18e-4, 0.0754, 12.0].map(duration);
        let shown = shown.map(|it| it.replace("µs", "us"));
        assert_eq!(shown, ["0.50 ns", "420 ns", "12.3 us", "718 us", "75.4 ms", "12.0 s"]);
    }

    #[test]
    fn a_line_ends_between_words_and_not_in_a_name() {
        let lines = wrapped("run mp-demo why --end-all，再看", 13, "");
        assert_eq!(lines, "run mp-demo\nwhy\n--end-all，再\n看\n");
        assert_eq!(wrapped("in 95 % of runs", 5, ""), "in\n95 %\nof\nruns\n");
        assert_eq!(wrapped("几个 [默认：1]", 9, ""), "几个\n[默认：1]\n");
    }

    #[test]
    fn a_ratio_near_one_has_no_number_and_others_have_two_digits() {
        let shown = [0.5, 0.95, 1.0499, 1.05, 2.44, 12.3].map(factor);
        let shown = shown.each_ref().map(Option::as_deref);
        assert_eq!(shown, [Some("0.50"), None, None, Some("1.1"), Some("2.4"), Some("12")]);
    }
}
