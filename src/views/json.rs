//! The log itself: one JSON object a line.

use std::io::Write;

use anyhow::{Context as _, Result};

use super::{Progress, View};
use crate::events::Record;

/// Hands on each event as it stands in the log.
pub struct Json<W> {
    stdout: W,
    progress: Progress,
}

impl<W: Write> Json<W> {
    /// A view that prints events to `stdout`.
    pub fn new(stdout: W, progress: Progress) -> Json<W> {
        Json { stdout, progress }
    }
}

impl<W: Write> View for Json<W> {
    fn show(&mut self, record: &Record) -> Result<()> {
        let line = [record.text.as_bytes(), b"\n"].concat();
        let stdout = &mut self.stdout;
        let write = || stdout.write_all(&line).and_then(|()| stdout.flush());
        self.progress
            .beside(write)
            .context("cannot write to stdout")
    }

    fn finish(&mut self) -> Result<()> {
        Ok(())
    }
}
