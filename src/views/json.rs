//! The log itself: one JSON object a line.

use std::io::Write;

use anyhow::{Context as _, Result};

use super::View;
use crate::events::Record;

/// Hands on each event as it stands in the log.
pub struct Json<W> {
    /// Where to.
    pub out: W,
}

impl<W: Write> View for Json<W> {
    fn show(&mut self, record: &Record) -> Result<()> {
        let line = [record.text.as_bytes(), b"\n"].concat();
        self.out
            .write_all(&line)
            .and_then(|()| self.out.flush())
            .context("cannot write to stdout")
    }
}
