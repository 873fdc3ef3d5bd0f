//! What came out of a run, as a text by which runs are told apart: no PIDs, no times.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::{Both, part};
use crate::events::Status;
use crate::state::State;
use crate::words::locale::{self, Language};

/// How long an outcome's text may be, in bytes, so that many of them can be kept.
const LONGEST: usize = 400;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Outcome {
    text: String,
    is_stuck: bool,
    /// The words in it that are neither a value nor a role.
    words: &'static [Both],
}

/// The outcome of a run in which nothing came out, and of a run that got stuck, by language.
const NOTHING: [&str; 2] = ["nothing", "没有"];
const STUCK: [&str; 2] = ["stuck", "卡住"];

impl Outcome {
    /// The outcome of a run that has ended in `state`; `text` is the lesson's part of it.
    pub fn new(text: &str, words: &'static [Both], state: &State) -> Outcome {
        Outcome { text: shortened(text, LONGEST), is_stuck: state.stuck().is_some(), words }
    }

    /// Parses an outcome as a person types it: as it is shown, in either language.
    pub fn typed(text: &str, words: &'static [Both]) -> Outcome {
        let text = text.trim();
        let rest = STUCK.iter().find_map(|stuck| text.strip_suffix(stuck));
        let (text, is_stuck) = match rest.map(|it| it.trim_end().strip_suffix([';', '；'])) {
            Some(Some(rest)) => (rest, true),
            Some(None) if STUCK.contains(&text) => ("", true),
            _ => (text, false),
        };
        let text = match NOTHING.contains(&text) {
            true => String::new(),
            false => words.iter().fold(text.to_owned(), |text, [en, zh]| text.replace(zh, en)),
        };
        Outcome { text: shortened(&text, LONGEST), is_stuck, words }
    }

    /// The text for JSON: the same in every language.
    pub fn in_english(&self) -> String {
        self.in_language(Language::En)
    }

    fn in_language(&self, language: Language) -> String {
        let text = match self.text.as_str() {
            "" => NOTHING[language as usize].to_owned(),
            text => self.words.iter().fold(text.to_owned(), |text, words| {
                text.replace(words[0], words[language as usize])
            }),
        };
        match (self.is_stuck, language) {
            (true, Language::En) => format!("{text}; {}", STUCK[0]),
            (true, Language::Zh) => format!("{text}；{}", STUCK[1]),
            (false, _) => text,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_language(locale::chosen()))
    }
}

/// Shortens a text to `longest` bytes: its beginning and a hash of the whole. The hash is the same
/// in every version, since people type it back and recordings keep it.
pub fn shortened(text: &str, longest: usize) -> String {
    if text.len() <= longest {
        return text.to_owned();
    }
    // FNV-1a with an offset basis of 0.
    let step = |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    let number = format!("...#{:08x}", text.bytes().fold(0, step));
    let end = text.floor_char_boundary(longest - number.len());
    format!("{}{number}", &text[..end])
}

/// A value as one word of an outcome: bare, as it is typed, unless it could be read as other JSON,
/// as several words, or as `nothing` or `stuck`; then as JSON.
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

/// The order in which processes did something: `parent*2 child-1 parent`.
#[derive(Default)]
pub struct Sequence {
    text: String,
    last: String,
    count: u64,
}

impl Sequence {
    pub fn push(&mut self, who: &str) {
        if self.last != who {
            let word = self.last_word();
            self.text += &word;
            who.clone_into(&mut self.last);
            self.count = 0;
        }
        self.count += 1;
    }

    pub fn text(&self) -> String {
        self.text.clone() + &self.last_word()
    }

    /// The last process of the sequence and its count, after a space if another one precedes it.
    fn last_word(&self) -> String {
        let Sequence { text, last, count } = self;
        let space = if text.is_empty() { "" } else { " " };
        match count {
            0 => String::new(),
            1 => format!("{space}{last}"),
            _ => format!("{space}{last}*{count}"),
        }
    }
}

/// The number at the end of a role: `reader-10` comes behind `reader-2`.
fn number_in(role: &str) -> u32 {
    let number = role.rsplit_once('-').map(|(_, number)| number);
    number.and_then(|it| it.parse().ok()).unwrap_or_default()
}

/// The outcome of a lesson that has no other: how each process ended, `writer 0, reader SIGTERM`.
/// `reader-1` and `reader-2` count as one role.
pub(super) fn who_ended_how(state: &State) -> String {
    let mut ends = BTreeMap::<_, u32>::new();
    for process in state.processes() {
        let Some(ended) = process.ended else { continue };
        *ends.entry((part(&process.role), how(ended.status))).or_default() += 1;
    }
    let texts = ends.iter().map(|((part, how), count)| match count {
        1 => format!("{part} {how}"),
        count => format!("{part}*{count} {how}"),
    });
    texts.collect::<Vec<_>>().join(", ")
}

/// How a process ended, as a word of an outcome.
pub fn how(status: Status) -> String {
    match status {
        Status::Code(code) => code.to_string(),
        Status::Signal(_) => status.signal_name(),
    }
}
