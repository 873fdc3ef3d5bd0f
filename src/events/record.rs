//! An event as it was read from a log.

use std::borrow::Cow;
use std::fmt;
use std::panic::Location;

use serde::de::value::MapDeserializer;
use serde::{Deserialize, Serialize};

use super::event::Event;
use super::own::{RawFields, Vocabulary};
use crate::both;
use crate::words::errors::{json_error, missing_field};
use crate::words::plain::is_obeyed;

/// The version of the log's form that this program writes. It reads version 1, too, in which a
/// sentence stands in place of a [`Why`](super::Why).
pub const VERSION: u32 = 2;

/// An event as it was read: its text, when and to whom it happened, and what it was.
pub struct Record<'a> {
    /// The whole JSON object, without a newline.
    pub text: &'a str,
    /// Seconds since the run's first event.
    pub t: f64,
    pub pid: u32,
    /// The part that the process plays: `parent`, `writer`, `reader-2`.
    pub role: Cow<'a, str>,
    /// The thread's name, where it is not the main thread.
    pub thread: Option<Cow<'a, str>>,
    pub at: Option<At<'a>>,
    /// The article's line.
    pub line: Option<Cow<'a, str>>,
    pub event: Event<'a>,
}

/// Where in the program an event happened.
#[derive(Serialize, Deserialize)]
pub struct At<'a> {
    /// The file, relative to the program's folder.
    #[serde(borrow)]
    pub file: Cow<'a, str>,
    /// The line in it, from 1.
    pub line: u32,
    /// The function, in a Python program.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub function: Option<Cow<'a, str>>,
}

impl At<'static> {
    /// The place of a call, if a lesson's program made it. The library also writes events of its
    /// own: that a child was reaped, say.
    pub(super) fn of(call: &'static Location) -> Option<At<'static>> {
        let (file, line) = (call.file(), call.line());
        file.starts_with("src/lessons/").then(|| At { file: file.into(), line, function: None })
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A line of a program, to be kept longer than the event that happened there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CodeLine {
    pub file: String,
    pub line: u32,
}

impl From<&At<'_>> for CodeLine {
    fn from(at: &At) -> CodeLine {
        CodeLine { file: at.file.clone().into_owned(), line: at.line }
    }
}

impl fmt::Display for CodeLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// The fields that every event has.
#[derive(Deserialize)]
struct Common<'a> {
    t: f64,
    pid: u32,
    #[serde(borrow)]
    role: Cow<'a, str>,
    thread: Option<Cow<'a, str>>,
    at: Option<At<'a>>,
    #[serde(borrow)]
    event: Cow<'a, str>,
    line: Option<Cow<'a, str>>,
    /// The child's role, in an event that is about a child.
    child_role: Option<Cow<'a, str>>,
}

const COMMON: [&str; 8] = ["v", "t", "pid", "role", "thread", "at", "event", "line"];

/// Why a line of a log can't be read as an event.
#[derive(Debug, PartialEq, Eq)]
pub enum NoEvent {
    /// The line is malformed; the text says in a few words how, and may quote the line.
    Malformed(String),
    /// The line is of this later version of the log's form.
    Newer(u64),
}

impl<'a> Record<'a> {
    /// Reads a line of a log, without its newline. `own` are the events of the run's lesson.
    pub fn read(text: &'a str, own: Vocabulary) -> Result<Record<'a>, NoEvent> {
        let is_object = text.trim_start().starts_with('{');
        let fields = serde_json::from_str(text).map_err(|error| match is_object {
            true => json_error(&error),
            false => both!("it is not a JSON object", "不是 JSON 对象"),
        });
        let mut fields: RawFields = fields.map_err(NoEvent::Malformed)?;
        // A later version may have any other fields.
        match fields.get("v").map(|text| (text.get(), text.get().parse())) {
            Some((_, Ok(version))) if version > u64::from(VERSION) => {
                return Err(NoEvent::Newer(version));
            }
            Some((_, Ok(1..))) => {}
            Some((v, _)) => return Err(NoEvent::Malformed(both!("its `v` is {v}", "`v` 是 {v}"))),
            None => return Err(NoEvent::Malformed(both!("missing field `v`", "缺少字段 `v`"))),
        }
        let common = fields.iter().map(|(name, text)| (&**name, *text));
        let common = Common::deserialize(MapDeserializer::new(common));
        let Common { t, pid, role, thread, at, event: name, line, child_role } =
            common.map_err(|error| NoEvent::Malformed(json_error(&error)))?;
        if !t.is_finite() || t < 0.0 {
            return Err(NoEvent::Malformed(both!("its time is {t}", "时间是 {t}")));
        }
        // Names go into labels, lanes and sentences, so no control character may stand in them.
        let names = [Some(&role), thread.as_ref(), child_role.as_ref()];
        if let Some(name) = names.into_iter().flatten().find(|name| name.contains(is_obeyed)) {
            let no_name = both!("`{name}` is not a name", "`{name}` 不能作为名字");
            return Err(NoEvent::Malformed(no_name));
        }
        fields.retain(|name, _| !COMMON.contains(&&**name));
        match Event::read(&name, &fields, own) {
            Some(Ok(event)) => Ok(Record { text, t, pid, role, thread, at, line, event }),
            Some(Err(error)) => Err(NoEvent::Malformed(match missing_field(&error.to_string()) {
                Some(field) => both!(
                    "the event `{name}` needs a field `{field}`",
                    "事件 `{name}` 需要字段 `{field}`"
                ),
                None => json_error(&error),
            })),
            None => Err(NoEvent::Malformed(both!(
                "version {VERSION} of the log has no event `{name}`",
                "日志版本 {VERSION} 没有事件 `{name}`"
            ))),
        }
    }

    /// The time in microseconds, the unit of the log's clock. A made-up time can be any number; it
    /// is limited so that it fits 64 bits in nanoseconds, in which viewers of traces count.
    pub fn micros(&self) -> u64 {
        const LAST: u64 = i64::MAX as u64 / 1_000;
        ((self.t * 1e6).round() as u64).min(LAST)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Map, Value, json};

    use super::*;

    /// A log in which everything happens.
    const EVERY_EVENT: &str = include_str!("../../tests/logs/every-event.jsonl");

    #[test]
    fn every_event_is_read_back_as_it_was_written() {
        let mut names = BTreeSet::new();
        for text in EVERY_EVENT.lines() {
            let record = Record::read(text, Vocabulary::default()).expect("an event");
            let mut expected: Map<String, Value> = serde_json::from_str(text).expect("JSON");
            expected.retain(|name, _| name == "event" || !COMMON.contains(&&**name));
            // Version 1 has a sentence here.
            if let Some(said) = expected.shift_remove("message") {
                expected.insert("why".into(), json!([{ "kind": "said", "text": said }]));
            }
            let event = serde_json::to_value(&record.event).expect("JSON");
            assert_eq!(event, Value::from(expected));
            names.insert(record.event.name());
        }
        assert_eq!(names, BTreeSet::from_iter(Event::NAMES.iter().copied()));
    }
}
