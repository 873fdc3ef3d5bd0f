//! The log itself: one JSON object per line.

use std::io::Write;

use anyhow::Result;

use super::view::{View, print};
use crate::events::Record;
use crate::state::{Change, State};
use crate::words::plain::in_json;

/// Prints each event as it stands in the log, with control characters escaped.
pub struct Json<W> {
    pub stdout: W,
    pub is_terminal: bool,
}

impl<W: Write> View for Json<W> {
    fn show(&mut self, record: &Record, _: &State, _: &Change) -> Result<()> {
        let text = match self.is_terminal {
            true => in_json(record.text),
            false => record.text.into(),
        };
        print(&mut self.stdout, &format!("{text}\n"))
    }
}
