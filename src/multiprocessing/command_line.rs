//! A struct of clap's arguments, turned into the command line from which it is parsed. So what a
//! child is told is written once.

use serde::Serialize;
use serde_json::Value;

/// Options, and the values that stand behind all options.
#[derive(Default)]
pub(super) struct Words {
    /// `--name value`, and `--name` for what is only set or not.
    pub options: Vec<String>,
    pub values: Vec<String>,
}

impl Words {
    /// Adds the fields of a struct: each is the option with its name; `true` is a flag; `false` and
    /// `None` are left out; what is in a list is positional.
    pub fn add(&mut self, arguments: &impl Serialize) -> serde_json::Result<()> {
        let fields = serde_json::to_value(arguments)?;
        for (name, value) in fields.as_object().into_iter().flatten() {
            match value {
                Value::Null | Value::Bool(false) => {}
                Value::Array(values) => self.values.extend(values.iter().map(word)),
                value => {
                    self.options.push(format!("--{}", name.replace('_', "-")));
                    self.options.extend((*value != Value::Bool(true)).then(|| word(value)));
                }
            }
        }
        Ok(())
    }
}

fn word(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        // Rust writes 1.0 where a person types 1.
        other => other.to_string().trim_end_matches(".0").to_owned(),
    }
}
