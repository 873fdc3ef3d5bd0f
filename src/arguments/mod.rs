//! Kinds of argument on the command line.

mod command;

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::both;
use crate::events::{Reason, sentence};

pub(crate) use command::{CommandArg, quoted};

/// Lets every option take a negative number as its value: clap would take `-1` for an unknown
/// option, and the error message wouldn't say which numbers are allowed.
pub fn with_negative_numbers(command: clap::Command) -> clap::Command {
    command.mut_args(|arg| match arg.get_action().takes_values() {
        true => arg.allow_negative_numbers(true),
        false => arg,
    })
}

/// How deep a value may be nested. Deeper JSON is valid too, but not every process could read it
/// back.
const MAX_DEPTH: usize = 100;

/// Part of the key by which serde_json marks a number of any length: an object with that key would
/// become a number.
const RESERVED: &str = "serde_json::private";

/// A `VALUE` on the command line: JSON where it parses as JSON, otherwise a string.
///
/// The text is kept as it was typed: there may be a hundred thousand values, and the parent only
/// passes them on.
#[derive(Clone)]
pub(crate) struct ValueArg(Box<str>);

impl ValueArg {
    /// The value that the text stands for.
    pub(crate) fn value(&self) -> Value {
        serde_json::from_str(&self.0).unwrap_or_else(|_| Value::from(&*self.0))
    }
}

impl FromStr for ValueArg {
    type Err = Reason;

    fn from_str(text: &str) -> Result<ValueArg, Reason> {
        match serde_json::from_str::<Value>(text) {
            Ok(value) if depth(&value) > MAX_DEPTH => Err(too_deep()),
            Ok(_) if text.contains('{') && text.contains(RESERVED) => {
                Err(sentence!("`{RESERVED}` can't be in an object", "对象里不能有 `{RESERVED}`"))
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

/// Serializes values as they were typed, for a command line. Without this, a value serializes as
/// the JSON that it stands for.
pub(crate) fn as_typed<S: Serializer>(
    values: &[ValueArg],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(values.iter().map(|value| &value.0))
}

/// Shares values out in turn among `count` processes: of three, the first gets the values 1, 4, 7
/// and so on.
pub(crate) fn shares(
    values: &[ValueArg],
    count: u16,
) -> impl ExactSizeIterator<Item = Vec<ValueArg>> {
    let share = move |first| values.iter().skip(first).step_by(count.into());
    (0..usize::from(count)).map(move |first| share(first).cloned().collect())
}

fn too_deep() -> Reason {
    sentence!("nested deeper than {MAX_DEPTH} levels", "嵌套超过 {MAX_DEPTH} 层")
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(entries) => 1 + entries.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// A whole number in this range.
pub(crate) fn whole<T>(range: RangeInclusive<T>) -> impl Fn(&str) -> Result<T, String> + Clone
where
    T: FromStr + PartialOrd + Clone + fmt::Display,
{
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        let (least, most) = (range.start(), range.end());
        number.ok_or_else(|| {
            both!(
                "expected a whole number from {least} to {most}",
                "应当是 {least} 到 {most} 的整数"
            )
        })
    }
}

/// The overhead of a message with a list of one string, in bytes: `[""]` and a newline.
pub(crate) const MESSAGE_AROUND_STRING: usize = 5;

/// The longest message of a pipe, in bytes. A pipe has no such limit; a longer message would take
/// too long for a lesson.
pub(crate) const LONGEST_MESSAGE: usize = 10_000_000;

/// The longest pause, in seconds: a day.
const LONGEST_PAUSE: f64 = 86_400.0;

pub(crate) fn seconds(text: &str) -> Result<f64, String> {
    number(text).filter(|seconds| (0.0..=LONGEST_PAUSE).contains(seconds)).ok_or_else(|| {
        both!(
            "expected a number of seconds from 0 to {LONGEST_PAUSE}",
            "应当是 0 到 {LONGEST_PAUSE} 的秒数"
        )
    })
}

/// How long nothing may happen before mp-demo looks whether the run is stuck; `None` never looks.
#[derive(Clone, Copy)]
pub(crate) struct Patience(pub Option<Duration>);

/// Parses a patience: seconds, or `never`.
pub(crate) fn patience(text: &str) -> Result<Patience, String> {
    match text {
        "never" => Ok(Patience(None)),
        _ => match seconds(text) {
            Ok(seconds) => Ok(Patience(Some(Duration::from_secs_f64(seconds)))),
            Err(expected) => Err(both!("{expected}, or `never`", "{expected}，或者 `never`")),
        },
    }
}

/// Takes an outcome, typed as the summary of repeated runs shows it.
pub(crate) fn outcome(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err(both!(
            "expected an outcome as --repeat shows it; `nothing` is one",
            "应当是 --repeat 列出的一种结果，例如 `没有`"
        )),
        _ => Ok(text.to_owned()),
    }
}

/// Serializes a list; one number alone as that number.
pub(crate) fn one_or_list<S: Serializer>(
    numbers: &[f64],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match numbers {
        [number] => serializer.serialize_f64(*number),
        _ => serializer.collect_seq(numbers),
    }
}

/// A speed: how many times faster than the article; above 0.
pub(crate) fn speed(text: &str) -> Result<f64, String> {
    number(text)
        .filter(|speed| *speed > 0.0)
        .ok_or_else(|| both!("expected a number above 0", "应当是大于 0 的数"))
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}
