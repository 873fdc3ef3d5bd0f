//! What the injected code tells, line by line, before it is an event.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// How each record begins. In a string of JSON this can't stand.
const BEGIN: &str = "{\"m\":1,";

/// A raw record. Which fields it has depends on its kind `e`; a kind or a field that isn't known is
/// skipped. Names are short since a Python writes them for each call.
#[derive(Deserialize)]
pub struct Raw<'a> {
    /// The form's version, 1: no other line of JSON begins so.
    #[serde(rename = "m")]
    _version: u8,
    /// CLOCK_MONOTONIC, in microseconds.
    pub t: u64,
    pub p: u32,
    /// The thread, where it isn't the main one.
    #[serde(borrow)]
    pub n: Option<Cow<'a, str>>,
    /// File, function and line.
    #[serde(borrow)]
    pub a: Option<(Cow<'a, str>, Cow<'a, str>, u32)>,
    #[serde(borrow)]
    pub e: Cow<'a, str>,
    /// The object, and what belongs to its making.
    #[serde(borrow)]
    pub o: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub k: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub name2: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub peer: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub lock: Option<Cow<'a, str>>,
    pub max: Option<i64>,
    /// Whether it is an end for writing only.
    #[serde(rename = "w")]
    pub writes: Option<u8>,
    /// A value, which may be null, or a version of Python.
    #[serde(borrow, default, deserialize_with = "there")]
    pub v: Option<&'a RawValue>,
    pub id: Option<u64>,
    /// Whether a `get` is noted while the queue's read lock is held: its value is the pipe's next.
    pub took: Option<u8>,
    #[serde(rename = "mut")]
    pub changes: Option<u8>,
    /// The parent, and a child.
    pub pp: Option<u32>,
    pub c: Option<u32>,
    #[serde(borrow)]
    pub name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub target: Option<Cow<'a, str>>,
    pub lib: Option<bool>,
    /// Whether a fork has copied lines that were printed and not written.
    pub copies: Option<bool>,
    pub daemon: Option<bool>,
    #[serde(borrow)]
    pub method: Option<Cow<'a, str>>,
    pub cmd: Option<Vec<String>>,
    pub code: Option<i32>,
    pub ended: Option<bool>,
    #[serde(borrow)]
    pub th: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub call: Option<Cow<'a, str>>,
    pub r: Option<bool>,
    /// An exception's type, or a printed text.
    #[serde(borrow)]
    pub x: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub msg: Option<Cow<'a, str>>,
    /// The number of a signal or stream, or of seconds.
    pub s: Option<f64>,
    /// A printed text's length in characters.
    pub l: Option<usize>,
    /// The bytes of a write, a character for each.
    #[serde(borrow)]
    pub b: Option<Cow<'a, str>>,
    pub f: Option<u8>,
    pub num: Option<u64>,
    pub nl: Option<u64>,
    pub job: Option<Value>,
    /// Whether there is a function for a job's exceptions.
    pub cb: Option<u8>,
    pub i: Option<u64>,
    #[serde(borrow, rename = "fn")]
    pub function: Option<Cow<'a, str>>,
}

fn there<'a, D: Deserializer<'a>>(text: D) -> Result<Option<&'a RawValue>, D::Error> {
    Deserialize::deserialize(text).map(Some)
}

impl<'a> Raw<'a> {
    /// Reads a record. One that its writer could not finish, since it was killed, stands before the
    /// next one.
    pub fn read(line: &'a [u8]) -> Option<Raw<'a>> {
        let line = str::from_utf8(line).ok()?;
        let read = |text| serde_json::from_str(text).ok();
        read(line).or_else(|| read(&line[line.rfind(BEGIN)?..]))
    }

    /// The thread's name; empty for the main thread.
    pub fn thread(&self) -> &str {
        self.n.as_deref().unwrap_or_default()
    }

    /// The value as the log has it.
    pub fn value(&self) -> Value {
        let value = self.v.and_then(|text| serde_json::from_str(text.get()).ok());
        value.unwrap_or_else(|| serde_json::json!({ "python": "…" }))
    }

    pub fn job(&self) -> String {
        match &self.job {
            Some(Value::String(job)) => job.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        }
    }
}
