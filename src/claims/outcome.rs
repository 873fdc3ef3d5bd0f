//! What came out of a run, as a text by which runs are told apart: no PIDs, no times.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::plays;
use crate::events::Status;
use crate::state::State;
use crate::words::locale::{self, Language};

/// How long an outcome's text may be, in bytes. Of longer ones the rest becomes a number, so that a
/// million of them can be kept, and told apart.
const LONGEST: usize = 400;

/// The number that stands for the rest of a text, the same in every version: people type it back,
/// and recordings keep it. A step of FNV-1a for each byte.
fn fingerprint(so_far: u32, text: &str) -> u32 {
    text.bytes().fold(so_far, |number, byte| (number ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// What came out of one run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Outcome {
    text: String,
    is_stuck: bool,
}

/// The words for it, in all languages.
const NOTHING: [&str; 2] = ["nothing", "没有"];
const STUCK: [&str; 2] = ["stuck", "卡住"];

impl Outcome {
    /// The outcome that a lesson tells with this text, of a run that has ended like this.
    pub fn new(text: &str, state: &State) -> Outcome {
        Outcome { text: shortened(text, LONGEST), is_stuck: state.stuck().is_some() }
    }

    /// The outcome that a person means who types this, in any of our languages, as it is shown.
    pub fn typed(text: &str) -> Outcome {
        let text = text.trim();
        let stuck = |it: &&str| STUCK.contains(it);
        let (text, is_stuck) = match text.rsplit_once("; ") {
            Some((rest, last)) if stuck(&last) => (rest, true),
            _ if stuck(&text) => ("", true),
            _ => (text, false),
        };
        let text = match NOTHING.contains(&text) {
            true => "",
            false => text,
        };
        Outcome { text: shortened(text, LONGEST), is_stuck }
    }

    /// As it stands in JSON: the same in every language.
    pub fn in_english(&self) -> String {
        self.in_language(Language::En)
    }

    fn in_language(&self, language: Language) -> String {
        let stuck = STUCK[language as usize];
        match (self.text.as_str(), self.is_stuck) {
            ("", false) => NOTHING[language as usize].to_owned(),
            ("", true) => format!("{}; {stuck}", NOTHING[language as usize]),
            (text, false) => text.to_owned(),
            (text, true) => format!("{text}; {stuck}"),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_language(locale::chosen()))
    }
}

/// A text of at most so many bytes, and a number that stands for the rest of a longer one.
pub fn shortened(text: &str, longest: usize) -> String {
    if text.len() <= longest {
        return text.to_owned();
    }
    let number = format!("...#{:08x}", fingerprint(0, text));
    let end = text.floor_char_boundary(longest - number.len());
    format!("{}{number}", &text[..end])
}

/// A value as one word of an outcome: as it is typed on the command line, where that can't be
/// mistaken.
pub fn word(value: &Value) -> String {
    let is_plain = |text: &str| {
        let allowed = |c: char| c.is_alphanumeric() || "_-.+".contains(c);
        !text.is_empty()
            && text.chars().all(allowed)
            && serde_json::from_str::<Value>(text).is_err()
            && !NOTHING.contains(&text)
            && !STUCK.contains(&text)
    };
    match value.as_str() {
        Some(text) if is_plain(text) => text.to_owned(),
        _ => value.to_string(),
    }
}

/// Values by who has got them: `A B C` where only one could, or else `reader-1: A C; reader-2: B`.
pub fn of_values(values: &BTreeMap<String, Vec<String>>) -> String {
    match values.iter().next() {
        Some((role, got)) if values.len() == 1 && !role.contains('-') => got.join(" "),
        _ => {
            let mut of_each: Vec<_> = values.iter().filter(|(_, got)| !got.is_empty()).collect();
            of_each.sort_by_key(|(role, _)| number_in(role));
            let texts = of_each.iter().map(|(role, got)| format!("{role}: {}", got.join(" ")));
            texts.collect::<Vec<_>>().join("; ")
        }
    }
}

/// Who did something in turn: `parent*2 child-1 parent`. Of a long one the rest becomes a number,
/// so it doesn't grow.
#[derive(Default)]
pub struct Sequence {
    text: String,
    hidden: u32,
    is_cut: bool,
    last: String,
    count: u64,
}

impl Sequence {
    /// The next one.
    pub fn push(&mut self, who: &str) {
        if self.last != who {
            self.end_last();
            who.clone_into(&mut self.last);
        }
        self.count += 1;
    }

    fn end_last(&mut self) {
        let word = match std::mem::take(&mut self.count) {
            0 => return,
            1 => self.last.clone(),
            count => format!("{}*{count}", self.last),
        };
        let separator = if self.text.is_empty() { "" } else { " " };
        // Room for the number.
        self.is_cut |= self.text.len() + word.len() + 16 > LONGEST;
        match self.is_cut {
            true => self.hidden = fingerprint(self.hidden, &format!("{word} ")),
            false => self.text += &format!("{separator}{word}"),
        }
    }

    /// All of it.
    pub fn text(&self) -> String {
        let mut all = Sequence { text: self.text.clone(), last: self.last.clone(), ..*self };
        all.end_last();
        match all.is_cut {
            true => format!("{}...#{:08x}", all.text, all.hidden),
            false => all.text,
        }
    }
}

/// The number at the end of a role: `reader-10` comes behind `reader-2`.
fn number_in(role: &str) -> u32 {
    let number = role.rsplit_once('-').map(|(_, number)| number);
    number.and_then(|it| it.parse().ok()).unwrap_or_default()
}

/// What an outcome is where a lesson has nothing else to tell: how everybody ended, `writer 0,
/// reader SIGTERM`. Roles that differ in their numbers only count together.
pub(super) fn who_ended_how(state: &State) -> String {
    let mut ends = BTreeMap::<_, u32>::new();
    for process in state.processes() {
        let Some(ended) = process.ended else { continue };
        let part = match process.role.rsplit_once('-') {
            Some((part, _)) if plays(&process.role, part) => part,
            _ => &process.role,
        };
        *ends.entry((part, how(ended.status))).or_default() += 1;
    }
    let texts = ends.iter().map(|((part, how), count)| match count {
        1 => format!("{part} {how}"),
        count => format!("{part}*{count} {how}"),
    });
    texts.collect::<Vec<_>>().join(", ")
}

/// How somebody ended, as a word of an outcome.
pub fn how(status: Status) -> String {
    match status {
        Status::Code(code) => code.to_string(),
        Status::Signal(_) => status.signal_name(),
    }
}
