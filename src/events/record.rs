//! An event as it was read from a log.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::event::{Call, Event};
use super::status::Status;

/// The version of the log's form that this program writes and reads.
pub const VERSION: u32 = 1;

/// An event as it was read: its text, when and to whom it happened, and what it was.
pub struct Record<'a> {
    /// The whole JSON object, without a newline.
    pub text: &'a str,
    /// Seconds since the run's first event.
    pub t: f64,
    /// The PID of the process that wrote it.
    pub pid: u32,
    /// The part that this process plays: `parent`, `writer`, `reader-2`.
    pub role: &'a str,
    /// The thread's name, where it is not the main thread.
    pub thread: Option<&'a str>,
    /// The article's line.
    pub line: Option<&'a str>,
    /// What happened.
    pub event: Event<'a>,
}

impl Record<'_> {
    /// The time in microseconds, the unit of the log's clock. A time that somebody made up may be as large as he likes; it
    /// is cut where nanoseconds would not fit 64 bits any more, because viewers of traces count these.
    pub fn micros(&self) -> u64 {
        const LAST: u64 = i64::MAX as u64 / 1_000;
        ((self.t * 1e6).round() as u64).min(LAST)
    }
}

/// A line of a log that is JSON. A [`Record`] borrows from it.
///
/// The fields of all events stand beside each other here. An enum with a tag would read better, but serde then holds
/// back the fields until it has seen the tag, and numbers of any length (serde_json's `arbitrary_precision`) don't
/// survive that.
#[derive(Deserialize)]
pub struct Fields<'a> {
    v: u32,
    t: f64,
    pid: u32,
    #[serde(borrow)]
    role: Cow<'a, str>,
    thread: Option<Cow<'a, str>>,
    #[serde(borrow)]
    event: Cow<'a, str>,
    line: Option<Cow<'a, str>>,

    address: Option<String>,
    call: Option<Call>,
    child: Option<u32>,
    child_role: Option<String>,
    cores: Option<usize>,
    customer: Option<u16>,
    delays: Option<Vec<f64>>,
    done: Option<u64>,
    i: Option<u16>,
    kind: Option<String>,
    lesson: Option<String>,
    message: Option<String>,
    of: Option<u64>,
    options: Option<Box<RawValue>>,
    processor_seconds: Option<f64>,
    seconds: Option<f64>,
    seed: Option<u64>,
    status: Option<Status>,
    task: Option<u16>,
    tasks: Option<u16>,
    #[serde(default, deserialize_with = "some")]
    value: Option<Value>,
    version: Option<String>,
    with: Option<String>,
    workers: Option<u16>,
}

/// Why something is no event: what was expected, in a few words.
#[derive(Debug, PartialEq, Eq)]
pub enum NoEvent {
    /// It has another form; here is what was expected and found.
    Malformed(String),
    /// It was written in this later version of the log's form.
    Newer(u64),
}

impl<'a> Fields<'a> {
    /// Reads a line of a log, without its newline.
    ///
    /// # Errors
    /// When it is no JSON object with the fields that every event has.
    pub fn read(text: &'a str) -> Result<Fields<'a>, NoEvent> {
        match serde_json::from_str::<Fields>(text) {
            Ok(fields) if fields.v == VERSION && fields.t.is_finite() && fields.t >= 0.0 => {
                fields.check_names()?;
                Ok(fields)
            }
            Ok(fields) if fields.v == VERSION => {
                Err(NoEvent::Malformed(format!("its time is {}", fields.t)))
            }
            result => Err(match version(text) {
                Some(version) if version > u64::from(VERSION) => NoEvent::Newer(version),
                Some(version) if version < u64::from(VERSION) => {
                    NoEvent::Malformed(format!("its `v` is {version}"))
                }
                _ if !text.trim_start().starts_with('{') => {
                    NoEvent::Malformed("it is no JSON object".into())
                }
                _ => NoEvent::Malformed(match result {
                    Ok(_) => "its `v` is missing".into(),
                    Err(error) => without_position(&error),
                }),
            }),
        }
    }

    /// A name goes to the terminal as it is, so it must not have what moves the cursor there.
    fn check_names(&self) -> Result<(), NoEvent> {
        let names = [
            Some(&*self.role),
            self.thread.as_deref(),
            self.child_role.as_deref(),
        ];
        match names
            .into_iter()
            .flatten()
            .find(|name| name.contains(char::is_control))
        {
            Some(name) => Err(NoEvent::Malformed(format!("{name:?} is no name"))),
            None => Ok(()),
        }
    }

    /// The event that `text`, from which these fields were read, tells of.
    ///
    /// # Errors
    /// When there is no such event, or a field of it is missing.
    pub fn record<'f>(&'f self, text: &'f str) -> Result<Record<'f>, NoEvent> {
        Ok(Record {
            text,
            t: self.t,
            pid: self.pid,
            role: &self.role,
            thread: self.thread.as_deref(),
            line: self.line.as_deref(),
            event: self.event(text)?,
        })
    }

    fn event<'f>(&'f self, text: &str) -> Result<Event<'f>, NoEvent> {
        Ok(match &*self.event {
            "run" => Event::Run {
                lesson: self.need(self.lesson.as_deref(), "lesson")?,
                options: self.need(self.options.clone(), "options")?,
                seed: self.need(self.seed, "seed")?,
                cores: self.need(self.cores, "cores")?,
                version: self.need(self.version.as_deref(), "version")?,
            },
            "running" => Event::Running,
            "started" => Event::Started {
                child: self.child()?,
                child_role: self.child_role()?,
            },
            "join" => Event::Join {
                child: self.child()?,
                child_role: self.child_role()?,
            },
            "joined" => Event::Joined {
                child: self.child()?,
                child_role: self.child_role()?,
            },
            "terminate" => Event::Terminate {
                child: self.child()?,
                child_role: self.child_role()?,
            },
            "kill" => Event::Kill {
                child: self.child()?,
                child_role: self.child_role()?,
                message: self.message.as_deref(),
            },
            "exited" => Event::Exited {
                child: self.child()?,
                child_role: self.child_role()?,
                status: self.need(self.status, "status")?,
            },
            "sleep" => Event::Sleep {
                seconds: self.need(self.seconds, "seconds")?,
            },
            "wait" => Event::Wait {
                call: self.need(self.call, "call")?,
            },
            "put" => Event::Put {
                value: self.value()?,
            },
            "get" => Event::Get {
                value: self.value()?,
            },
            "put_sentinel" => Event::PutSentinel,
            "get_sentinel" => Event::GetSentinel,
            "end_of_file" => Event::EndOfFile,
            "send" => Event::Send {
                value: self.value()?,
            },
            "recv" => Event::Recv {
                value: self.value()?,
            },
            "print" => Event::Print {
                value: self.value()?,
            },
            "refused" => Event::Refused {
                call: self.need(self.call, "call")?,
                message: self.need(self.message.clone(), "message")?,
            },
            "error" => Event::Error {
                message: self.need(self.message.clone(), "message")?,
            },
            "counter" => Event::Counter {
                value: self.need(self.value()?.as_i64(), "value")?,
                address: self.need(self.address.clone(), "address")?,
            },
            "progress" => Event::Progress {
                done: self.need(self.done, "done")?,
                of: self.need(self.of, "of")?,
            },
            "measured" => Event::Measured {
                figures: figures(text),
                line: self.own_line()?,
            },
            "say" => Event::Say {
                line: self.own_line()?,
            },
            "pool" => Event::Pool {
                kind: self.kind()?,
                with: self.need(self.with.as_deref(), "with")?,
                workers: self.need(self.workers, "workers")?,
                tasks: self.need(self.tasks, "tasks")?,
            },
            "task_start" => Event::TaskStart {
                task: self.need(self.task, "task")?,
                kind: self.kind()?,
            },
            "task_done" => Event::TaskDone {
                task: self.need(self.task, "task")?,
                kind: self.kind()?,
                seconds: self.need(self.seconds, "seconds")?,
                processor_seconds: self.need(self.processor_seconds, "processor_seconds")?,
            },
            "customers" => Event::Customers {
                delays: self.need(self.delays.as_deref(), "delays")?,
                line: self.own_line()?,
            },
            "request" => Event::Request {
                customer: self.need(self.customer, "customer")?,
            },
            "served" => Event::Served {
                customer: self.need(self.customer, "customer")?,
            },
            "will_start" => Event::WillStart,
            "turn" => Event::Turn {
                i: self.need(self.i, "i")?,
            },
            "ended" => Event::Ended,
            "after_join" => Event::AfterJoin,
            unknown => {
                let sentence = format!("version {VERSION} of the log has no event `{unknown}`");
                return Err(NoEvent::Malformed(sentence));
            }
        })
    }

    fn child(&self) -> Result<u32, NoEvent> {
        self.need(self.child, "child")
    }

    fn child_role(&self) -> Result<&str, NoEvent> {
        self.need(self.child_role.as_deref(), "child_role")
    }

    fn kind(&self) -> Result<&str, NoEvent> {
        self.need(self.kind.as_deref(), "kind")
    }

    fn value(&self) -> Result<&Value, NoEvent> {
        self.need(self.value.as_ref(), "value")
    }

    fn own_line(&self) -> Result<String, NoEvent> {
        self.need(self.line.as_deref().map(str::to_owned), "line")
    }

    fn need<T>(&self, field: Option<T>, name: &str) -> Result<T, NoEvent> {
        let missing = || format!("the event `{}` needs a field `{name}`", self.event);
        field.ok_or_else(|| NoEvent::Malformed(missing()))
    }
}

/// The fields of a `measured` event that no other event has.
fn figures(text: &str) -> Value {
    let mut figures: Map<String, Value> = serde_json::from_str(text).unwrap_or_default();
    for common in ["v", "t", "pid", "role", "thread", "event", "line"] {
        figures.shift_remove(common);
    }
    figures.into()
}

/// What a JSON object says of its version. It is asked only when the rest can't be read: a later version may have
/// any fields.
fn version(text: &str) -> Option<u64> {
    #[derive(Deserialize)]
    struct OnlyVersion {
        v: u64,
    }
    let OnlyVersion { v } = serde_json::from_str(text).ok()?;
    Some(v)
}

/// serde_json says where in the text it stopped; for a log the number of the line says it, and this one is always 1.
fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.split_once(" at line ") {
        Some((what, _)) => what.to_owned(),
        None => text,
    }
}

/// A field that is there, be it null: Python's `None` is a value like any other.
fn some<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use strum::VariantNames;

    use super::*;

    /// A log in which everything happens.
    const EVERY_EVENT: &str = include_str!("../../tests/logs/every-event.jsonl");

    #[test]
    fn every_event_is_read_back_as_it_was_written() {
        let mut names = BTreeSet::new();
        for text in EVERY_EVENT.lines() {
            let fields = Fields::read(text).expect("an event");
            let record = fields.record(text).expect("an event");
            let mut expected: Map<String, Value> = serde_json::from_str(text).expect("JSON");
            for common in ["v", "t", "pid", "role", "thread", "line"] {
                expected.shift_remove(common);
            }
            let event = serde_json::to_value(&record.event).expect("JSON");
            assert_eq!(event, Value::from(expected));
            names.insert(record.event.name());
        }
        assert_eq!(names, BTreeSet::from_iter(Event::VARIANTS.iter().copied()));
    }

    #[test]
    fn each_microsecond_that_a_log_tells_is_that_microsecond() {
        let micros = |t: f64| {
            let record = Record {
                text: "",
                t,
                pid: 1,
                role: "parent",
                thread: None,
                line: None,
                event: Event::Ended,
            };
            record.micros()
        };
        for t in (0..2_000_000).chain(86_400_000_000..86_400_100_000) {
            assert_eq!(micros(t as f64 / 1e6), t);
        }
        assert_eq!(micros(1e300), i64::MAX as u64 / 1_000);
    }

    #[test]
    fn what_is_no_event_is_refused_with_what_was_expected() {
        let read = |text: &str| match Fields::read(text) {
            Ok(fields) => fields.record(text).map(drop),
            Err(error) => Err(error),
        };
        let malformed = |sentence: &str| Err(NoEvent::Malformed(sentence.into()));
        for (text, expected) in [
            (r#"{"v":2,"t":"new","event":7}"#, Err(NoEvent::Newer(2))),
            (
                r#"{"v":1,"t":0,"pid":1,"role":"r","event":"put"}"#,
                malformed("the event `put` needs a field `value`"),
            ),
            (
                r#"{"v":1,"t":0,"pid":1,"role":"r","event":"put","value":null}"#,
                Ok(()),
            ),
            (
                r#"{"v":1,"t":0,"pid":1,"role":"r","event":"fly"}"#,
                malformed("version 1 of the log has no event `fly`"),
            ),
            (
                r#"{"v":1,"t":-1,"pid":1,"role":"r","event":"ended"}"#,
                malformed("its time is -1"),
            ),
            (r#"{"v":0}"#, malformed("its `v` is 0")),
            (r#"{"level":"info"}"#, malformed("missing field `v`")),
            ("[1]", malformed("it is no JSON object")),
            ("", malformed("it is no JSON object")),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
