//! Kinds of argument on the command line.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use serde_json::Value;

/// How deep a value may be nested. Deeper ones are JSON too, but not every process could read them back.
const MAX_DEPTH: usize = 100;

/// Where serde_json keeps numbers of any length: an object with this key would turn into a number.
const RESERVED_KEY: &str = "$serde_json::private::Number";

/// A `VALUE` on the command line: JSON where it parses as JSON, otherwise a string.
#[derive(Clone)]
pub struct ValueArg {
    /// As it was typed. So it goes to the child's command line.
    text: String,
    /// What it means.
    pub value: Value,
}

impl FromStr for ValueArg {
    type Err = String;

    fn from_str(text: &str) -> Result<ValueArg, String> {
        let value = match serde_json::from_str(text) {
            Ok(value) => value,
            Err(error) if error.to_string().starts_with("recursion limit") => {
                return Err(too_deep());
            }
            Err(_) => Value::String(text.to_owned()),
        };
        if depth(&value) > MAX_DEPTH {
            return Err(too_deep());
        }
        if !value.is_string() && text.contains(RESERVED_KEY) {
            return Err(format!("`{RESERVED_KEY}` can't be a key here"));
        }
        let text = text.to_owned();
        Ok(ValueArg { text, value })
    }
}

impl fmt::Display for ValueArg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for ValueArg {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

fn too_deep() -> String {
    format!("nested deeper than {MAX_DEPTH} levels")
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
        .ok_or_else(|| "expected a whole number from 1 to 1000".into())
}

/// What repeats random pauses.
///
/// # Errors
/// When `text` is no such number.
pub fn seed(text: &str) -> Result<u64, String> {
    let expected = || format!("expected a whole number from 0 to {}", u64::MAX);
    text.parse().map_err(|_| expected())
}

/// A length of time in seconds: 0 or more.
///
/// # Errors
/// When `text` is no such number.
pub fn seconds(text: &str) -> Result<f64, String> {
    number(text)
        .filter(|seconds| *seconds >= 0.0)
        .ok_or_else(|| "expected a number of seconds, 0 or more".into())
}

/// How many times faster than the article: above 0.
///
/// # Errors
/// When `text` is no such number.
pub fn speed(text: &str) -> Result<f64, String> {
    number(text)
        .filter(|speed| *speed > 0.0)
        .ok_or_else(|| "expected a number above 0".into())
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}
