//! Tests of what holds for every note, with the samples of the notes' own tests; and a test that
//! every event has a note.

use std::collections::HashSet;
use std::fs;

use textwrap::core::display_width;

use super::note::{Actor, List, NO_BREAK, Note, Seconds};
use super::*;
use crate::events::Vocabulary;
use crate::lessons::DEMOS;
use crate::lessons::tests::example_of;
use crate::python::{events_of, narrator_of};
use crate::words::locale::Language;

/// The event whose line says all, so it needs no note.
const SAYS_IT_ITSELF: &str = "say";

/// Events that are told without `--explain`, too.
const TOLD_ANYWAY: [&str; 5] = ["stuck", "stopped", "idle", "output", "unread"];

/// The event that the progress bar shows, so it needs no note.
const SHOWN_BY_A_BAR: &str = "progress";

pub const WAITED: Seconds = Seconds(1.5);
pub const TOOK: Seconds = Seconds(0.00123);
pub const AGO: Seconds = Seconds(0.012);
pub const AFTER: Seconds = Seconds(0.345);

pub fn parent() -> Actor {
    who("parent", 100)
}

pub fn writer() -> Actor {
    who("writer-1", 101)
}

pub fn reader() -> Actor {
    who("reader-2", 102)
}

fn who(role: &str, pid: u32) -> Actor {
    Actor { role: role.into(), pid, is_parent: role == "parent" }
}

pub fn none() -> List {
    List::default()
}

pub fn one() -> List {
    ["child-9"].into_iter().collect()
}

pub fn two() -> List {
    ["child-1", "child-2"].into_iter().collect()
}

pub fn many() -> List {
    (1..8).map(|number| format!("a-{number}")).collect()
}

/// Holds the samples of a note to what is true of every note.
#[track_caller]
pub fn check(samples: &[impl Note]) {
    for note in samples {
        let (english, chinese) = (note.en(), note.zh());
        let both = format!("{note:?}\n{english}\n{chinese}");
        check_language(&english, &chinese, &both);
        check_punctuation(&chinese);
        for text in [english, chinese] {
            check_width(&text);
        }
    }
}

/// Each text is a sentence in its language, and both have the same facts.
#[track_caller]
fn check_language(english: &str, chinese: &str, both: &str) {
    let has_han = chinese.chars().filter(|c| is_han(*c)).count() > 2;
    // What the article's program prints stays as it is.
    let own = english.replace(NO_BREAK, " ").replace("这是多线程启动的", "");
    assert!(own.is_ascii() && has_han, "{both}");
    assert!(english.ends_with('.') && chinese.ends_with(['。', '.']), "{both}");
    assert!(!english.contains(". the parent"), "{both}");
    // A word in Latin letters in the Chinese text is a name, and stands in the English text, too.
    for name in words(chinese).filter(|word| *word != "CPU") {
        assert!(english.contains(name), "{name}: {both}");
    }
    assert_eq!(facts(english), facts(chinese), "{both}");
}

/// Chinese has full-width punctuation, and a space beside Latin letters.
#[track_caller]
fn check_punctuation(chinese: &str) {
    let characters: Vec<char> = chinese.chars().collect();
    for pair in characters.windows(2) {
        let is_wide = |c: char| "，。：；、（）".contains(c);
        let has_both = is_wide(pair[0]) && pair[1] == ' ' || pair[0] == ' ' && is_wide(pair[1]);
        assert!(!has_both, "{chinese}");
        let (han, other) = match (is_han(pair[0]), is_han(pair[1])) {
            (true, false) => (pair[0], pair[1]),
            (false, true) => (pair[1], pair[0]),
            _ => continue,
        };
        assert!(
            !other.is_ascii_alphanumeric() && !",:;!?".contains(other),
            "{han}{other} in {chinese}"
        );
    }
}

/// No line is wider than the terminal.
#[track_caller]
fn check_width(text: &str) {
    for width in [2, 3, 5, 8, 12, 13, 20, 33, 40, 57, 80, 100] {
        for line in lines(text, look(width)).lines() {
            assert!(display_width(line) <= width, "{width}: {line}");
            assert!(!line.contains(NO_BREAK));
            // In fewer columns, words break anywhere.
            assert!(width < 12 || !line.trim().is_empty(), "{width}: {text}");
        }
    }
}

fn look(width: usize) -> Look {
    Look { colour: false, width, unicode: true, boxes: true, language: Language::En }
}

#[test]
fn no_event_goes_unexplained() {
    let logs = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/logs")).expect("logs");
    let logs = logs.map(|log| fs::read_to_string(log.expect("a log").path()).expect("a log"));
    let examples = DEMOS.iter().filter_map(|demo| example_of(demo.name));
    let logs: Vec<String> = logs.chain(examples).collect();
    let own = DEMOS.iter().flat_map(|demo| events_of(demo.name).names);
    for name in Event::NAMES.iter().chain(own) {
        let is_told = logs.iter().any(|log| told(log, "") != told(log, name));
        let is_excused =
            [SAYS_IT_ITSELF, SHOWN_BY_A_BAR].contains(name) || TOLD_ANYWAY.contains(name);
        assert_eq!(is_told, !is_excused, "{name}");
    }
}

/// The notes on a log from which the events of one name were removed.
fn told(log: &str, without: &str) -> String {
    let (mut state, mut own) = (State::default(), Vocabulary::default());
    let mut view = Explain::new(Vec::new(), look(80), false, narrator_of);
    for line in log.lines() {
        let record = Record::read(line, own).unwrap_or_else(|error| panic!("{error:?}: {line}"));
        if let Event::Run { lesson, .. } = &record.event {
            own = events_of(lesson);
        }
        if record.event.name() != without {
            let change = state.apply(&record);
            let shown = view.show(&record, &state, &change);
            shown.expect("memory to write to");
        }
    }
    view.finish(&state).expect("memory to write to");
    String::from_utf8(view.stderr).expect("text")
}

fn is_han(character: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&character)
}

/// Words in Latin letters and numbers.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || "_-.$".contains(c)))
        .map(|word| word.trim_end_matches(['.', '-']))
        .filter(|word| word.contains(|c: char| c.is_ascii_alphanumeric()))
}

/// Numbers, names of signals and calls, roles, and other words that are the same in every language.
fn facts(text: &str) -> HashSet<&str> {
    const TERMS: [&str; 10] = [
        "Python", "fork", "exec", "spawn", "exitcode", "stdin", "stdout", "shell", "feeder",
        "pickle",
    ];
    let words = words(text).map(|word| word.trim_end_matches("'s").trim_end_matches("-bound"));
    let is_fact = |word: &&str| {
        let has_inner_capital = word.chars().skip(1).any(|c| c.is_ascii_uppercase());
        let is_name = has_inner_capital && *word != "CPU";
        word.contains(|c: char| c.is_ascii_digit())
            || is_name
            || TERMS.contains(word)
            || is_call(text, word)
    };
    words.filter(is_fact).collect()
}

/// Whether a word stands in a text as `word()`.
fn is_call(text: &str, word: &str) -> bool {
    let call = format!("{word}()");
    text.match_indices(&call).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        !before.is_some_and(|c| c.is_ascii_alphanumeric())
    })
}
