//! The article's lines, and nothing else on stdout.

use std::io::Write;

use anyhow::{Context as _, Result};
use owo_colors::OwoColorize;

use super::View;
use super::notes::Notes;
use super::palette::Palette;
use crate::events::Record;

/// Prints each event's line, and to stderr what else a person has to be told.
pub struct Article<W, E> {
    stdout: W,
    notes: Notes<E>,
    palette: Option<Palette>,
}

impl<W: Write, E: Write> Article<W, E> {
    /// A view that prints lines to `stdout`, in each process's colour if `colour` is set, and draws a
    /// progress bar on `stderr` if `progress` is.
    pub fn new(stdout: W, stderr: E, colour: bool, progress: bool) -> Article<W, E> {
        Article {
            stdout,
            notes: Notes::new(stderr, progress),
            palette: colour.then(Palette::default),
        }
    }

    fn print(&mut self, line: &str, pid: u32) -> Result<()> {
        let text = match &mut self.palette {
            Some(palette) => format!("{}\n", line.style(palette.style(pid))),
            None => format!("{line}\n"),
        };
        // One write a line, so that whoever reads it sees whole lines only.
        let stdout = &mut self.stdout;
        let write = || {
            stdout
                .write_all(text.as_bytes())
                .and_then(|()| stdout.flush())
        };
        self.notes
            .beside_progress(write)
            .context("cannot write to stdout")
    }
}

impl<W: Write, E: Write> View for Article<W, E> {
    fn show(&mut self, record: &Record) -> Result<()> {
        // Colours are given out in the order of the starts, so that they are the same in each run.
        if let ("started", Some(child), Some(palette)) =
            (record.event.as_str(), record.child, &mut self.palette)
        {
            palette.style(child);
        }
        self.notes.see(record);
        match &record.line {
            Some(line) => self.print(line, record.pid),
            None => Ok(()),
        }
    }

    fn finish(&mut self) {
        self.notes.finish();
    }
}
