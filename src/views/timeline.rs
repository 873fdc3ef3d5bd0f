//! A lane per process on one time axis.

use std::io::Write;

use anyhow::Result;

use super::{Look, View};
use crate::events::Record;

/// Draws a timeline when the run is over.
pub struct Timeline<W> {
    stdout: W,
    look: Look,
}

impl<W: Write> Timeline<W> {
    /// A timeline that goes to `stdout`.
    pub fn new(stdout: W, look: Look) -> Timeline<W> {
        Timeline { stdout, look }
    }
}

impl<W: Write> View for Timeline<W> {
    fn show(&mut self, _record: &Record) -> Result<()> {
        Ok(())
    }

    fn finish(&mut self, _went_well: bool) -> Result<()> {
        Ok(())
    }
}
