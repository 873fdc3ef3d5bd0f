//! How Python shows a value.

use serde_json::{Number, Value};

use crate::words::plain::{is_printable, push_escaped};

/// A value as Python's `str()` shows what `json.loads` makes of it: a string as it is, all else as
/// [`repr`].
///
/// `{"python": "TEXT"}` stands for what JSON doesn't have, TEXT being how Python shows it.
pub fn str(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => repr(other),
    }
}

/// A value as Python's `repr()` shows what `json.loads` makes of it.
pub fn repr(value: &Value) -> String {
    let joined = |items: Vec<String>| items.join(", ");
    match value {
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Number(number) => number_repr(number),
        Value::String(text) => string_repr(text),
        Value::Array(items) => format!("[{}]", joined(items.iter().map(repr).collect())),
        Value::Object(entries) => {
            if let (1, Some(Value::String(text))) = (entries.len(), entries.get("python")) {
                return text.clone();
            }
            let entries = entries.iter();
            let entries =
                entries.map(|(key, item)| format!("{}: {}", string_repr(key), repr(item)));
            format!("{{{}}}", joined(entries.collect()))
        }
    }
}

/// A string in single quotes, or in double ones where these save an escape.
fn string_repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut shown = String::from(quote);
    for c in text.chars() {
        match c {
            _ if c == quote || c == '\\' => shown.extend(['\\', c]),
            _ if is_printable(c) => shown.push(c),
            _ => push_escaped(&mut shown, c),
        }
    }
    shown.push(quote);
    shown
}

/// JSON has one kind of number, Python two: a fraction or an exponent makes a float, all else is an
/// int of any length. The digits are read as they were written, since no machine number holds every
/// int.
fn number_repr(number: &Number) -> String {
    let digits = number.as_str();
    if digits.contains(['.', 'e', 'E']) {
        return digits.parse().map_or_else(|_| digits.into(), float_repr);
    }
    if digits == "-0" { "0".into() } else { digits.into() }
}

/// The shortest digits that read back as the same float, with an exponent from 1e16 on and below
/// 1e-4.
fn float_repr(float: f64) -> String {
    let shortest = format!("{float:e}");
    let Some((digits, exponent)) = shortest.split_once('e') else {
        return shortest;
    };
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    // Where two shortest forms are equally near, `{:e}` takes the larger and Python the one with an
    // even last digit. Rust takes the even one, too, where the number of digits is given.
    match exponent.parse().unwrap_or(0) {
        exponent @ -4..16 => {
            let decimals = (decimals as i32 - exponent).max(1) as usize;
            format!("{float:.decimals$}")
        }
        exponent => {
            let scientific = format!("{float:.decimals$e}");
            let (digits, _) = scientific.split_once('e').unwrap_or((digits, ""));
            format!("{digits}e{exponent:+03}")
        }
    }
}
