//! An event as it was read from a log.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::event::Event;
use super::own::Vocabulary;
use crate::both;
use crate::words::errors::{json_error, missing_field};
use crate::words::plain::is_obeyed;

/// The version of the log's form that this program writes. It reads version 1, too, in which
/// sentences stand where now a [`Why`](super::Why) does.
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
    /// The place of a call, if it is in a lesson's program: their library also does something by
    /// itself, such as to reap a child.
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

/// A line of a log that is a JSON object, read in one pass: the fields that every event has, and
/// the text of all others.
struct Line<'a> {
    v: u32,
    t: f64,
    pid: u32,
    role: Cow<'a, str>,
    thread: Option<Cow<'a, str>>,
    at: Option<At<'a>>,
    event: Cow<'a, str>,
    line: Option<Cow<'a, str>>,
    fields: Vec<(Cow<'a, str>, &'a RawValue)>,
}

/// Why a line of a log is not an event.
#[derive(Debug, PartialEq, Eq)]
pub enum NoEvent {
    /// It has another form; this says in a few words what is wrong, and may quote the line.
    Malformed(String),
    /// It was written in this later version of the log's form.
    Newer(u64),
}

impl<'a> Record<'a> {
    /// Reads a line of a log, without its newline. `own` are the events of the run's lesson.
    ///
    /// # Errors
    /// When it is not a JSON object with the fields that every event has, when there is no such
    /// event, or when a field of that event is missing or malformed.
    pub fn read(text: &'a str, own: Vocabulary) -> Result<Record<'a>, NoEvent> {
        let Line { t, pid, role, thread, at, event: name, line, fields, .. } = Line::read(text)?;
        let event = match Event::read(&name, &fields, own) {
            Some(event) => event.map_err(|error| malformed(&name, &error))?,
            None => {
                return Err(NoEvent::Malformed(both!(
                    "version {VERSION} of the log has no event `{name}`",
                    "日志版本 {VERSION} 没有事件 `{name}`"
                )));
            }
        };
        Ok(Record { text, t, pid, role, thread, at, line, event })
    }

    /// The time in microseconds, the unit of the log's clock. A made-up time can be any number; it
    /// is limited so that it fits 64 bits in nanoseconds, in which viewers of traces count.
    pub fn micros(&self) -> u64 {
        const LAST: u64 = i64::MAX as u64 / 1_000;
        ((self.t * 1e6).round() as u64).min(LAST)
    }
}

fn is_read(version: u32) -> bool {
    (1..=VERSION).contains(&version)
}

impl<'a> Line<'a> {
    fn read(text: &'a str) -> Result<Line<'a>, NoEvent> {
        match serde_json::from_str::<Line>(text) {
            Ok(line) if is_read(line.v) && line.t.is_finite() && line.t >= 0.0 => {
                line.check_names()?;
                Ok(line)
            }
            Ok(Line { v, t, .. }) if is_read(v) => {
                Err(NoEvent::Malformed(both!("its time is {t}", "时间是 {t}")))
            }
            result => Err(match version(text) {
                Some(version) if version > u64::from(VERSION) => NoEvent::Newer(version),
                Some(0) => NoEvent::Malformed(both!("its `v` is 0", "`v` 是 0")),
                _ if !text.trim_start().starts_with('{') => {
                    NoEvent::Malformed(both!("it is not a JSON object", "不是 JSON 对象"))
                }
                _ => NoEvent::Malformed(match result {
                    Ok(_) => both!("its `v` is missing", "缺少 `v`"),
                    Err(error) => json_error(&error),
                }),
            }),
        }
    }

    /// Names go into labels, lanes and sentences, so there must be nothing in them that a terminal
    /// would obey.
    fn check_names(&self) -> Result<(), NoEvent> {
        let child_role = self.fields.iter().find(|(key, _)| key == "child_role");
        let child_role = child_role.and_then(|(_, text)| serde_json::from_str(text.get()).ok());
        let child_role = child_role.map(|Text(role)| role);
        let names = [Some(&*self.role), self.thread.as_deref(), child_role.as_deref()];
        let is_no_name = |name: &&str| name.contains(is_obeyed);
        match names.into_iter().flatten().find(is_no_name) {
            Some(name) => {
                Err(NoEvent::Malformed(both!("`{name}` is not a name", "`{name}` 不能作为名字")))
            }
            None => Ok(()),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Line<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Line<'a>, D::Error> {
        deserializer.deserialize_map(LineVisitor(PhantomData))
    }
}

struct LineVisitor<'a>(PhantomData<&'a ()>);

/// A text that is borrowed from the log where it has no escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de: 'a, 'a> Visitor<'de> for LineVisitor<'a> {
    type Value = Line<'a>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Line<'a>, A::Error> {
        let (mut v, mut t, mut pid) = (None, None, None);
        let (mut role, mut thread, mut at, mut event, mut line) = (None, None, None, None, None);
        let mut fields = Vec::new();
        while let Some(Text(key)) = map.next_key()? {
            match &*key {
                "v" => v = Some(map.next_value()?),
                "t" => t = Some(map.next_value()?),
                "pid" => pid = Some(map.next_value()?),
                "role" => role = Some(map.next_value::<Text>()?.0),
                "thread" => thread = map.next_value::<Option<Text>>()?.map(|text| text.0),
                "at" => at = map.next_value()?,
                "event" => event = Some(map.next_value::<Text>()?.0),
                "line" => line = map.next_value::<Option<Text>>()?.map(|text| text.0),
                _ => fields.push((key, map.next_value()?)),
            }
        }
        let missing = A::Error::missing_field;
        Ok(Line {
            v: v.ok_or_else(|| missing("v"))?,
            t: t.ok_or_else(|| missing("t"))?,
            pid: pid.ok_or_else(|| missing("pid"))?,
            role: role.ok_or_else(|| missing("role"))?,
            thread,
            at,
            event: event.ok_or_else(|| missing("event"))?,
            line,
            fields,
        })
    }
}

/// The version that a JSON object gives. It is asked for only when the rest can't be read: a later
/// version may have any fields.
fn version(text: &str) -> Option<u64> {
    #[derive(Deserialize)]
    struct OnlyVersion {
        v: u64,
    }
    let OnlyVersion { v } = serde_json::from_str(text).ok()?;
    Some(v)
}

/// What is wrong with the fields of the event with this name.
fn malformed(name: &str, error: &serde_json::Error) -> NoEvent {
    NoEvent::Malformed(match missing_field(&error.to_string()) {
        Some(field) => {
            both!("the event `{name}` needs a field `{field}`", "事件 `{name}` 需要字段 `{field}`")
        }
        None => json_error(error),
    })
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
            for common in ["v", "t", "pid", "role", "thread", "at", "line"] {
                expected.shift_remove(common);
            }
            // What was a sentence in version 1.
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
