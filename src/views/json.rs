//! The log itself: one JSON object a line.

use std::io::Write;

use anyhow::{Context as _, Result};

use super::View;
use super::notes::Notes;
use crate::events::Record;

/// Hands on each event as it stands in the log.
pub struct Json<W, E> {
    stdout: W,
    notes: Notes<E>,
}

impl<W: Write, E: Write> Json<W, E> {
    /// A view that prints events to `stdout`, and draws a progress bar on `stderr` if `progress` is set.
    pub fn new(stdout: W, stderr: E, progress: bool) -> Json<W, E> {
        Json {
            stdout,
            notes: Notes::new(stderr, progress),
        }
    }
}

impl<W: Write, E: Write> View for Json<W, E> {
    fn show(&mut self, record: &Record) -> Result<()> {
        let line = [record.text.as_bytes(), b"\n"].concat();
        let stdout = &mut self.stdout;
        let write = || stdout.write_all(&line).and_then(|()| stdout.flush());
        self.notes
            .beside_progress(write)
            .context("cannot write to stdout")?;
        self.notes.see(record);
        Ok(())
    }

    fn finish(&mut self) {
        self.notes.finish();
    }
}
