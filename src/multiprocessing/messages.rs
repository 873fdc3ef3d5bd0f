//! Values on a pipe: each one line of JSON.

use std::fmt;
use std::io::{self, BufRead, Read, Write};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

/// The error of a call on a pipe that has nobody at its other end any more. It is not an `io::Error` of the
/// kind `BrokenPipe`: to the rest of the program that is a user who has seen enough.
#[derive(Debug)]
pub struct PartnerGone(pub &'static str);

impl fmt::Display for PartnerGone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for PartnerGone {}

/// Writes a message to a pipe, in one write. `gone` is the error's text when nobody can read it any more.
///
/// # Errors
/// [`PartnerGone`], or what the system said.
pub fn write_message(pipe: &mut impl Write, message: &[u8], gone: &'static str) -> Result<()> {
    match pipe.write_all(message) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => bail!(PartnerGone(gone)),
        written => written.context("cannot write to the pipe"),
    }
}

/// A value as it goes over a pipe: its JSON on a line of its own, to be written in one go.
///
/// # Errors
/// None that a value can cause.
pub fn encode(value: &Value) -> Result<Vec<u8>> {
    let mut line = serde_json::to_vec(value).context("cannot encode a value as JSON")?;
    line.push(b'\n');
    Ok(line)
}

/// Reads lines and counts them, so that an error can name the line.
pub struct Lines<R> {
    input: R,
    line: Vec<u8>,
    count: u64,
    /// The longest line in bytes, newline included.
    limit: u64,
}

impl<R: BufRead> Lines<R> {
    /// Lines of at most `limit` bytes each, newline included.
    pub fn new(input: R, limit: u64) -> Lines<R> {
        Lines {
            input,
            line: Vec::new(),
            count: 0,
            limit,
        }
    }

    /// What the lines are read from.
    pub fn input(&self) -> &R {
        &self.input
    }

    /// What the lines were read from. Lines that were read ahead are lost.
    pub fn into_input(self) -> R {
        self.input
    }

    /// The next line without its newline; nothing at the end of the input.
    ///
    /// # Errors
    /// When reading fails, and when the line is too long or has no end.
    pub fn next(&mut self) -> Result<Option<&[u8]>> {
        self.line.clear();
        self.count += 1;
        self.input
            .by_ref()
            .take(self.limit)
            .read_until(b'\n', &mut self.line)
            .with_context(|| format!("cannot read line {}", self.count))?;
        if self.line.is_empty() {
            return Ok(None);
        }
        // End-of-file between two messages is a goodbye. Inside one it means that somebody died.
        let Some(line) = self.line.strip_suffix(b"\n") else {
            if self.line.len() as u64 == self.limit {
                bail!("line {} is longer than {} bytes", self.count, self.limit);
            }
            bail!("line {} ends before its newline", self.count);
        };
        Ok(Some(line))
    }

    /// The value in the line that [`Lines::next`] has just read.
    ///
    /// # Errors
    /// When it is no JSON; the message names the line's number.
    pub fn value(&self) -> Result<Value> {
        serde_json::from_slice(&self.line).map_err(|error| {
            // serde_json counts lines from the start of what it was given: that is always line 1.
            let column = error.column();
            let reason = error.to_string();
            let reason = reason.split(" at line ").next().unwrap_or_default();
            anyhow::anyhow!(
                "line {} is no JSON value: {reason} at column {column}",
                self.count
            )
        })
    }
}
