//! The log itself: one JSON object per line.

use std::io::Write;

use anyhow::{Context as _, Result};

use super::view::View;
use crate::events::Record;
use crate::os::streams::cannot_write;
use crate::state::{Change, State};
use crate::words::plain::in_json;

/// Prints each event as it stands in the log.
pub struct Json<W> {
    stdout: W,
    is_terminal: bool,
}

impl<W: Write> Json<W> {
    /// A view that prints events to `stdout`. What a terminal would obey is escaped there, as JSON
    /// allows.
    pub fn new(stdout: W, is_terminal: bool) -> Json<W> {
        Json { stdout, is_terminal }
    }
}

impl<W: Write> View for Json<W> {
    fn show(&mut self, record: &Record, _: &State, _: &Change) -> Result<()> {
        let text = match self.is_terminal {
            true => in_json(record.text),
            false => record.text.into(),
        };
        let line = [text.as_bytes(), b"\n"].concat();
        self.stdout.write_all(&line).and_then(|()| self.stdout.flush()).with_context(cannot_write)
    }
}
