//! The log itself: one JSON object a line.

use std::io::Write;

use anyhow::{Context as _, Result};

use super::view::View;
use crate::events::Record;
use crate::state::{Change, State};

/// Hands on each event as it stands in the log.
pub struct Json<W> {
    stdout: W,
}

impl<W: Write> Json<W> {
    /// A view that prints events to `stdout`.
    pub fn new(stdout: W) -> Json<W> {
        Json { stdout }
    }
}

impl<W: Write> View for Json<W> {
    fn show(&mut self, record: &Record, _: &State, _: &Change) -> Result<()> {
        let line = [record.text.as_bytes(), b"\n"].concat();
        self.stdout
            .write_all(&line)
            .and_then(|()| self.stdout.flush())
            .context("cannot write to stdout")
    }
}
