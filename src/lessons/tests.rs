//! Tests of what holds for every lesson: the lists in the lessons' folders agree with each other.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;

use serde_json::{Map, Value};

use super::*;
use crate::claims::tests::see_all;
use crate::events::{Event, Reason, Record, Times};
use crate::state::State;

/// The page about the events that only this lesson has, if there are any.
fn page_of(lesson: &str) -> Option<String> {
    let page = format!("{}/demos/{lesson}/log.md", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(page).ok()
}

/// The log on that page.
pub(crate) fn example_of(lesson: &str) -> Option<String> {
    let page = page_of(lesson)?;
    let (_, example) = page.split_once("```json\n")?;
    Some(example.split_once("```")?.0.to_owned())
}

/// The rows of the page's table whose first column has this head: the words in backquotes in the
/// first column, and the last column without its parentheses and what follows a colon.
pub(crate) fn rows_of<'a>(page: &'a str, head: &str) -> Vec<(Vec<&'a str>, String)> {
    let rows = page.lines().skip_while(|line| !line.starts_with(&format!("| {head} "))).skip(2);
    let rows = rows.take_while(|line| line.starts_with('|')).map(|row| {
        let cells: Vec<_> = row.split('|').collect();
        let names = cells[1].split('`').skip(1).step_by(2).collect();
        let without_asides: String = cells[cells.len() - 2]
            .split(['(', '（'])
            .map(|it| it.rsplit([')', '）']).next().unwrap_or(it))
            .collect();
        let parts = without_asides.split([';', '；']);
        let parts = parts.map(|part| part.split([':', '：']).next().unwrap_or(part));
        (names, parts.collect())
    });
    rows.collect()
}

pub(crate) fn names_in<'a>(rows: &'a [(Vec<&'a str>, String)]) -> BTreeSet<&'a str> {
    rows.iter().flat_map(|(names, _)| names.iter().copied()).collect()
}

/// The fields that a row has.
pub(crate) fn fields_in(with: &str) -> BTreeSet<&str> {
    let is_name = |it: &&str| it.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    with.split('`').skip(1).step_by(2).filter(is_name).collect()
}

#[test]
fn a_page_about_the_log_has_the_events_that_are_declared() {
    for entry in LESSONS {
        let declared = BTreeSet::from_iter(events_of(entry.name).names.iter().copied());
        let page = page_of(entry.name).unwrap_or_default();
        assert_eq!(names_in(&rows_of(&page, "event")), declared, "{}", entry.name);
        for common in Event::NAMES {
            assert!(!declared.contains(common), "{common} of {} is common", entry.name);
        }
    }
}

#[test]
fn the_page_about_the_log_has_the_events_and_reasons_that_are_declared_with_their_fields() {
    let page = include_str!("../../demos/docs/log.md");
    let events = rows_of(page, "event");
    assert_eq!(names_in(&events), BTreeSet::from_iter(Event::NAMES.iter().copied()));
    let mut wrong = Vec::new();
    for (names, with) in &events {
        let declared = Event::NAMES.iter().zip(Event::FIELDS).filter(|(it, _)| names.contains(it));
        let mut declared: BTreeSet<_> =
            declared.flat_map(|(_, fields)| fields.iter().copied()).collect();
        // Figures have names of their own.
        declared.remove("figures");
        let mut told = fields_in(with);
        told.retain(|it| declared.contains(it) || !names.contains(it));
        if told != declared {
            wrong.push(format!("{names:?} have {declared:?}, and not {told:?}"));
        }
    }
    assert_eq!(wrong, [""; 0]);
    let mut declared: HashMap<_, _> = Reason::KINDS
        .iter()
        .map(|(name, fields)| (snake_case(name), BTreeSet::from_iter(fields.iter().copied())))
        .collect();
    for (names, with) in rows_of(page, "kind") {
        for name in names {
            assert_eq!(declared.remove(name).as_ref(), Some(&fields_in(&with)), "{name}");
        }
    }
    assert!(declared.is_empty(), "{declared:?}");
}

/// `CannotOpenPipe` as the log has it.
fn snake_case(name: &str) -> String {
    let parts = name.chars().map(|c| match c.is_uppercase() {
        true => format!("_{}", c.to_ascii_lowercase()),
        false => c.to_string(),
    });
    parts.collect::<String>().trim_start_matches('_').to_owned()
}

#[test]
fn an_event_of_a_lesson_is_read_back_as_it_was_written() {
    for entry in LESSONS {
        let own = events_of(entry.name);
        let mut names = BTreeSet::new();
        for text in example_of(entry.name).unwrap_or_default().lines() {
            let record =
                Record::read(text, own).unwrap_or_else(|error| panic!("{error:?}: {text}"));
            let mut expected: Map<String, Value> = serde_json::from_str(text).expect("JSON");
            for common in ["v", "t", "pid", "role", "thread", "line"] {
                expected.shift_remove(common);
            }
            let event = serde_json::to_value(&record.event).expect("JSON");
            assert_eq!(event, Value::from(expected));
            names.insert(record.event.name());
        }
        for name in own.names {
            assert!(names.contains(name), "{name} is missing in demos/{}/log.md", entry.name);
        }
    }
}

/// A log has only a mistake's name, so names must differ.
#[test]
fn a_mistake_has_a_name_of_its_own_in_its_lesson() {
    let mut count = 0;
    for entry in LESSONS {
        let mistakes = entry.parts.mistakes;
        count += mistakes.len();
        let names: BTreeSet<_> = mistakes.iter().map(|it| it.name).collect();
        assert_eq!(names.len(), mistakes.len(), "{}: {names:?}", entry.name);
        for mistake in mistakes {
            for remedy in mistake.remedy {
                assert!(!remedy.is_empty() && !remedy.ends_with(['.', '。']), "{remedy}");
            }
        }
        assert!(mistake_of(entry.name, "no_such_mistake").is_none());
    }
    assert!(count > 0);
}

#[test]
fn an_event_of_another_lesson_is_refused() {
    let text = r#"{"v":1,"t":0,"pid":1,"role":"r","event":"turn","i":0}"#;
    assert!(Record::read(text, events_of("spawn")).is_ok());
    assert!(Record::read(text, events_of("queue")).is_err());
    let text = text.replace("\"i\"", "\"j\"");
    assert!(Record::read(&text, events_of("spawn")).is_err());
}

/// Checked with recordings of real runs: an event that comes once is told without "first" and
/// "last".
#[test]
fn a_process_has_an_event_as_often_as_its_declaration_says() {
    for name in ["logs", "experiments"] {
        let folder = format!("{}/tests/{name}", env!("CARGO_MANIFEST_DIR"));
        for path in fs::read_dir(folder).expect("recordings").map(|file| file.expect("a file")) {
            let path = path.path();
            if path.extension().is_none_or(|it| it != "jsonl") {
                continue;
            }
            let mut seen_once = HashSet::new();
            see_all(&fs::read_to_string(&path).expect("a log"), &mut State::default(), |seen| {
                let record = seen.record;
                let child = match record.event {
                    Event::Terminate { child, .. } | Event::Exited { child, .. } => child,
                    _ => 0,
                };
                if record.thread.is_none() && record.event.times() == Some(Times::Once) {
                    let is_new = seen_once.insert((record.pid, record.event.name(), child));
                    assert!(is_new, "{} comes again in {path:?}", record.event.name());
                }
            });
        }
    }
}

#[test]
fn the_text_of_each_file_that_makes_events_is_known() {
    let folders = fs::read_dir("src/lessons").expect("the lessons").flatten();
    let files = folders.filter_map(|folder| fs::read_dir(folder.path()).ok()).flatten();
    let mut count = 0;
    for file in files.flatten().map(|file| file.path()) {
        let text = fs::read_to_string(&file).expect("a file");
        if text.contains("impl Target for") || text.contains("impl Lesson for") {
            let name = file.to_str().expect("a name");
            assert_eq!(source_of(name), Some(&*text), "{name}");
            count += 1;
        }
    }
    assert!(count >= LESSONS.len());
}
