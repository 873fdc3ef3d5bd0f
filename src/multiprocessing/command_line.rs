//! Turns a struct of clap's arguments into the command line that clap parses into the same struct.
//! So a child's options are declared once.

use serde::Serialize;
use serde_json::Value;

/// The options, and the positional values after them.
#[derive(Default)]
pub(super) struct Words {
    /// `--name value`, and `--name` for a flag.
    pub options: Vec<String>,
    pub values: Vec<String>,
}

impl Words {
    /// Adds the fields of a struct: each becomes the option of its name; `true` is a flag; `false`
    /// and `None` are left out; a list is positional.
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
