//! How Python shows a value.

use serde_json::{Number, Value};

use crate::words::plain::{is_printable, push_escaped};

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

/// In single quotes, unless double ones save the text from escapes.
fn push_string(shown: &mut String, text: &str) {
    let quote = match text.contains('\'') && !text.contains('"') {
        true => '"',
        false => '\'',
    };
    shown.push(quote);
    for c in text.chars() {
        match c {
            _ if c == quote || c == '\\' => shown.extend(['\\', c]),
            _ if is_printable(c) => shown.push(c),
            _ => push_escaped(shown, c),
        }
    }
    shown.push(quote);
}

/// JSON has one kind of number, Python two: a fraction or an exponent makes a float, all else is an
/// int of any length. The digits are read as they were written, since no machine number holds every
/// int.
fn number_repr(number: &Number) -> String {
    let digits = number.as_str();
    if digits.contains(['.', 'e', 'E']) {
        return digits.parse().map_or_else(|_| digits.into(), float_repr);
    }
    match digits {
        "-0" => "0".into(),
        _ => digits.into(),
    }
}

/// As few digits as tell the float from all others, with an exponent from 1e16 on and below 1e-4.
fn float_repr(float: f64) -> String {
    let shortest = format!("{float:e}");
    let Some((digits, exponent)) = shortest.split_once('e') else {
        return shortest;
    };
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    // Of two shortest ones that are equally near, Rust takes the larger here and Python the one
    // with an even digit, as Rust does where it is told how many digits.
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

#[cfg(test)]
mod tests {
    use super::*;

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
            ("8859840577657.3125", "8859840577657.312"),
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

    /// JSON texts of every kind of string and float.
    fn random_values(count: usize) -> Vec<Value> {
        let mut random = fastrand::Rng::with_seed(7);
        // What Unicode had assigned long before the oldest Python here, or never will.
        let ranges = [
            0..=0x7f,
            0x80..=0x17f,
            0x300..=0x36f,
            0x600..=0x61b,
            0x2000..=0x206f,
            0x3000..=0x303f,
            0x4e00..=0x9fa5,
            0xe000..=0xf8ff,
            0xfe00..=0xfeff,
            0xfff9..=0xffff,
            0x1f600..=0x1f64f,
            0xe0000..=0xe01ff,
            0x10fff0..=0x10ffff,
        ];
        let string = |random: &mut fastrand::Rng| {
            let length = random.usize(0..8);
            let c = |_| {
                let range = ranges[random.usize(..ranges.len())].clone();
                char::from_u32(random.u32(range))
            };
            Value::from((0..length).filter_map(c).collect::<String>())
        };
        let float = |random: &mut fastrand::Rng| {
            let float = match random.usize(..3) {
                0 => f64::from_bits(random.u64(..)),
                1 => random.f64() * 10_f64.powi(random.i32(-8..20)),
                _ => f64::from(random.i32(-9..9)) * 10_f64.powi(random.i32(-8..20)),
            };
            // JSON has no other floats; one with an exponent needs a digit behind it for Python.
            let float = if float.is_finite() { float } else { 0.5 };
            serde_json::from_str(&format!("{float:e}")).expect("a number")
        };
        (0..count)
            .map(|number| if number % 2 == 0 { string(&mut random) } else { float(&mut random) })
            .collect()
    }

    #[test]
    #[allow(clippy::print_stderr)]
    fn random_strings_and_floats_look_as_the_python_of_this_machine_shows_them() {
        let values = random_values(10_000);
        let lines: String = values.iter().map(|value| format!("{value}\n")).collect();
        let script = "import json, sys\n\
                      out = open(1, 'w', encoding='utf-8', newline='\\n')\n\
                      for line in open(0, encoding='utf-8', newline='\\n'):\n \
                      print(repr(json.loads(line)), file=out)";
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), lines).expect("space");
        let mut python = std::process::Command::new("python3");
        python.args(["-c", script]).stdin(file.reopen().expect("the file"));
        let Ok(shown) = python.output() else {
            eprintln!("SKIPPED: there is no python3");
            return;
        };
        let shown = String::from_utf8(shown.stdout).expect("UTF-8");
        let shown: Vec<_> = shown.split_terminator('\n').collect();
        assert_eq!(shown.len(), values.len());
        for (value, python) in values.iter().zip(shown) {
            assert_eq!(repr(value), python, "for {value}");
        }
    }
}
