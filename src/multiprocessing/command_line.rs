//! A struct of clap's arguments, turned into the command line from which it is parsed. So what a
//! child is told is written once.

use std::ffi::OsString;

use anyhow::{Context as _, Result};
use serde::Serialize;
use serde_json::Value;

use crate::both;

/// Options, and the values that stand behind all options.
#[derive(Default)]
pub(super) struct Words {
    /// `--name value`, and `--name` for what is only set or not.
    pub options: Vec<OsString>,
    /// Positional arguments.
    pub values: Vec<OsString>,
}

impl Words {
    /// The command line of these arguments.
    pub fn of(arguments: &impl Serialize) -> Result<Words> {
        let mut words = Words::default();
        words.add(arguments).map(|()| words)
    }

    /// Adds the fields of a struct: each is the option with its name; `true` is a flag; `false` and
    /// `None` are left out; what is in a list is positional.
    ///
    /// # Errors
    /// When it is no struct of such fields.
    pub fn add(&mut self, arguments: &impl Serialize) -> Result<()> {
        let arguments = serde_json::to_value(arguments)?;
        let fields = match arguments {
            Value::Null => return Ok(()),
            Value::Object(fields) => fields,
            _ => anyhow::bail!(both!(
                "only a struct can become a command line",
                "只有结构体能写成命令行"
            )),
        };
        for (name, value) in fields {
            match value {
                Value::Null | Value::Bool(false) => {}
                Value::Array(values) => {
                    for value in values {
                        self.values.push(word(value)?);
                    }
                }
                value => {
                    self.options.push(format!("--{}", name.replace('_', "-")).into());
                    if value != Value::Bool(true) {
                        self.options.push(word(value)?);
                    }
                }
            }
        }
        Ok(())
    }
}

fn word(value: Value) -> Result<OsString> {
    match value {
        Value::String(text) => Ok(text.into()),
        Value::Number(number) => {
            let number = number.as_str();
            // Rust writes 1.0 where a person types 1.
            Ok(number.strip_suffix(".0").unwrap_or(number).into())
        }
        _ => None.with_context(|| {
            both!(
                "a list or a map can't be one word of a command line",
                "列表或映射不能写成命令行上的一个词"
            )
        }),
    }
}
