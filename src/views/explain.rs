//! Notes about this very run, between its lines.

use std::io::Write;

use anyhow::Result;

use super::{Look, Progress, View};
use crate::events::Record;

/// Tells on stderr what has just happened, and why.
pub struct Explain<E> {
    stderr: E,
    look: Look,
    progress: Progress,
}

impl<E: Write> Explain<E> {
    /// Notes that go to `stderr`.
    pub fn new(stderr: E, look: Look, progress: Progress) -> Explain<E> {
        Explain {
            stderr,
            look,
            progress,
        }
    }
}

impl<E: Write> View for Explain<E> {
    fn show(&mut self, _record: &Record) -> Result<()> {
        Ok(())
    }

    fn finish(&mut self, _went_well: bool) -> Result<()> {
        Ok(())
    }
}
