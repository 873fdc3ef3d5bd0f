//! Kinds of argument on the command line.

mod command;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::both;

pub use command::{CommandArg, quoted};

/// How deep a value may be nested. Deeper ones are JSON too, but not every process could read them
/// back.
const MAX_DEPTH: usize = 100;

/// Part of the key by which serde_json marks a number of any length: an object with that key would
/// become a number.
const RESERVED: &str = "serde_json::private";

/// A `VALUE` on the command line: JSON where it parses as JSON, otherwise a string.
///
/// It is kept as it was typed, because there may be a hundred thousand of them and the parent only
/// hands them on.
#[derive(Clone)]
pub struct ValueArg(Box<str>);

impl ValueArg {
    /// What it means.
    pub fn value(&self) -> Value {
        serde_json::from_str(&self.0).unwrap_or_else(|_| Value::from(&*self.0))
    }
}

impl FromStr for ValueArg {
    type Err = String;

    fn from_str(text: &str) -> Result<ValueArg, String> {
        match serde_json::from_str::<Value>(text) {
            Ok(value) if depth(&value) > MAX_DEPTH => Err(too_deep()),
            Ok(_) if text.contains('{') && text.contains(RESERVED) => {
                Err(both!("`{RESERVED}` can't be part of an object", "对象里不能有 `{RESERVED}`"))
            }
            Err(error) if error.to_string().starts_with("recursion limit") => Err(too_deep()),
            _ => Ok(ValueArg(text.into())),
        }
    }
}

impl fmt::Display for ValueArg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for ValueArg {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

/// Serializes values as they were typed: for a command line. Otherwise they serialize as what they
/// mean.
///
/// # Errors
/// Those of the serializer.
pub fn as_typed<S: Serializer>(values: &[ValueArg], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(values.iter().map(|value| &value.0))
}

/// Shares values out in turn among `count` processes: of three, the first gets the values 1, 4, 7
/// and so on.
pub fn shares(values: &[ValueArg], count: u16) -> impl ExactSizeIterator<Item = Vec<ValueArg>> {
    let share = move |first| values.iter().skip(first).step_by(count.into());
    (0..usize::from(count)).map(move |first| share(first).cloned().collect())
}

fn too_deep() -> String {
    both!("nested deeper than {MAX_DEPTH} levels", "嵌套超过 {MAX_DEPTH} 层")
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(entries) => 1 + entries.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// How many processes or threads of a kind: 1 to 1,000.
///
/// # Errors
/// When `text` is no such number.
pub fn one_to_thousand(text: &str) -> Result<u16, String> {
    text.parse()
        .ok()
        .filter(|number| (1..=1000).contains(number))
        .ok_or_else(|| both!("expected a whole number from 1 to 1000", "应当是 1 到 1000 的整数"))
}

/// How many of a kind, none included: 0 to 1,000.
///
/// # Errors
/// When `text` is no such number.
pub fn up_to_thousand(text: &str) -> Result<u16, String> {
    text.parse()
        .ok()
        .filter(|number| *number <= 1000)
        .ok_or_else(|| both!("expected a whole number from 0 to 1000", "应当是 0 到 1000 的整数"))
}

/// How many turns of a loop: 1 to 1,000,000.
///
/// # Errors
/// When `text` is no such number.
pub fn turns(text: &str) -> Result<u32, String> {
    text.parse().ok().filter(|number| (1..=1_000_000).contains(number)).ok_or_else(|| {
        both!("expected a whole number from 1 to 1000000", "应当是 1 到 1000000 的整数")
    })
}

/// How many runs.
///
/// # Errors
/// When `text` is no such number.
pub fn runs(text: &str) -> Result<u64, String> {
    text.parse().ok().filter(|number| (1..=100_000).contains(number)).ok_or_else(|| {
        both!("expected a whole number from 1 to 100000", "应当是 1 到 100000 的整数")
    })
}

/// What a message with a list of one string has beside the string's characters: `[""]` and a
/// newline, in bytes.
pub const MESSAGE_AROUND_STRING: usize = 5;

/// The longest message of a pipe, in bytes: there is no limit but what a person waits for.
pub const LONGEST_MESSAGE: usize = 10_000_000;

/// How many bytes a message has that is a list of one string.
///
/// # Errors
/// When `text` is no such number.
pub fn message_bytes(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|number| (MESSAGE_AROUND_STRING..=LONGEST_MESSAGE).contains(number))
        .ok_or_else(|| {
            both!("expected a whole number from 5 to 10000000", "应当是 5 到 10000000 的整数")
        })
}

/// What repeats random pauses.
///
/// # Errors
/// When `text` is no such number.
pub fn seed(text: &str) -> Result<u64, String> {
    let most = u64::MAX;
    let expected =
        |_| both!("expected a whole number from 0 to {most}", "应当是 0 到 {most} 的整数");
    text.parse().map_err(expected)
}

/// A length of time in seconds: 0 or more.
///
/// # Errors
/// When `text` is no such number.
pub fn seconds(text: &str) -> Result<f64, String> {
    number(text)
        .filter(|seconds| *seconds >= 0.0)
        .ok_or_else(|| both!("expected a number of seconds, 0 or more", "应当是秒数，0 或更大"))
}

/// For how long to wait before something is done: nothing for ever.
#[derive(Clone, Copy)]
pub struct Patience(pub Option<Duration>);

/// A patience: seconds, or `never` for one that has no end.
///
/// # Errors
/// When `text` is neither.
pub fn patience(text: &str) -> Result<Patience, String> {
    match text {
        "never" => Ok(Patience(None)),
        _ => match seconds(text) {
            Ok(seconds) => Ok(Patience(Duration::try_from_secs_f64(seconds).ok())),
            Err(_) => Err(both!(
                "expected a number of seconds, 0 or more, or `never`",
                "应当是秒数（0 或更大）或者 `never`"
            )),
        },
    }
}

/// Serializes a list; one number alone as that number.
///
/// # Errors
/// Those of the serializer.
pub fn one_or_list<S: Serializer>(numbers: &[f64], serializer: S) -> Result<S::Ok, S::Error> {
    match numbers {
        [number] => serializer.serialize_f64(*number),
        _ => serializer.collect_seq(numbers),
    }
}

/// How many times faster than the article: above 0.
///
/// # Errors
/// When `text` is no such number.
pub fn speed(text: &str) -> Result<f64, String> {
    number(text)
        .filter(|speed| *speed > 0.0)
        .ok_or_else(|| both!("expected a number above 0", "应当是大于 0 的数"))
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}
