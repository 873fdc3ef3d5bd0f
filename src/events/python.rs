//! How Python shows a value.

use rustpython_literal::escape::UnicodeEscape;
use rustpython_literal::float;
use serde_json::{Number, Value};

/// A value as Python's `str()` shows what `json.loads` makes of it: a string as it is, all else as
/// [`repr`].
pub fn str(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => repr(other),
    }
}

/// A value as Python's `repr()` shows what `json.loads` makes of it.
pub fn repr(value: &Value) -> String {
    let mut shown = String::new();
    push_repr(&mut shown, value);
    shown
}

fn push_repr(shown: &mut String, value: &Value) {
    match value {
        Value::Null => shown.push_str("None"),
        Value::Bool(true) => shown.push_str("True"),
        Value::Bool(false) => shown.push_str("False"),
        Value::Number(number) => shown.push_str(&number_repr(number)),
        Value::String(text) => push_string(shown, text),
        Value::Array(items) => {
            shown.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    shown.push_str(", ");
                }
                push_repr(shown, item);
            }
            shown.push(']');
        }
        Value::Object(entries) => {
            shown.push('{');
            for (index, (key, item)) in entries.iter().enumerate() {
                if index > 0 {
                    shown.push_str(", ");
                }
                push_string(shown, key);
                shown.push_str(": ");
                push_repr(shown, item);
            }
            shown.push('}');
        }
    }
}

fn push_string(shown: &mut String, text: &str) {
    // Writing to a String can't fail, so neither can this.
    let _ = UnicodeEscape::new_repr(text.as_ref()).str_repr().write(shown);
}

/// JSON has one kind of number, Python two: a fraction or an exponent makes a float, all else is an
/// int of any length. The digits are read as they were written, since no machine number holds every
/// int.
fn number_repr(number: &Number) -> String {
    let digits = number.as_str();
    if digits.contains(['.', 'e', 'E']) {
        // Rust and Python agree on rounding, and on infinity for what is too large.
        return digits.parse().map_or_else(|_| digits.into(), float::to_string);
    }
    match digits {
        "-0" => "0".into(),
        _ => digits.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::repr;

    /// Each pair was printed by CPython 3.11: `print([json.loads(text)])`, brackets taken off.
    #[test]
    fn a_value_looks_as_python_shows_it() {
        for (json, python) in [
            ("null", "None"),
            ("true", "True"),
            ("false", "False"),
            ("0", "0"),
            ("-0", "0"),
            ("-0.0", "-0.0"),
            ("1.0", "1.0"),
            ("2.5", "2.5"),
            ("1e5", "100000.0"),
            ("1E16", "1e+16"),
            ("1e-5", "1e-05"),
            ("1e400", "inf"),
            ("-1e400", "-inf"),
            ("0.1", "0.1"),
            ("5e-324", "5e-324"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            ("\"\"", "''"),
            ("\"it's\"", "\"it's\""),
            ("\"say \\\"it's\\\"\"", "'say \"it\\'s\"'"),
            ("\"back\\\\slash\"", "'back\\\\slash'"),
            ("\"tab\\tline\\nbell\\u0007\"", "'tab\\tline\\nbell\\x07'"),
            ("\"\\u00a0\\u200b\\ufeff\"", "'\\xa0\\u200b\\ufeff'"),
            ("\"你好\\ud83d\\ude00\"", "'你好😀'"),
            ("[]", "[]"),
            ("{}", "{}"),
            ("[1,[2,[\"a\"]]]", "[1, [2, ['a']]]"),
            ("{\"b\":1,\"a\":{\"k\":[null]}}", "{'b': 1, 'a': {'k': [None]}}"),
            ("{\"a\":1,\"b\":2,\"a\":3}", "{'a': 3, 'b': 2}"),
        ] {
            let value = serde_json::from_str(json).expect(json);
            assert_eq!(repr(&value), python, "for {json}");
        }
    }
}
