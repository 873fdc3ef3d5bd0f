//! The article's lines, and nothing else on stdout.

use std::io::Write;

use anyhow::{Context as _, Result};
use owo_colors::OwoColorize;

use super::View;
use super::palette::Palette;
use crate::events::Record;

/// Prints each event's line, and to `stderr` what else a person has to be told.
pub struct Article<W, E> {
    stdout: W,
    stderr: E,
    palette: Option<Palette>,
    put: u64,
    got: u64,
}

impl<W: Write, E: Write> Article<W, E> {
    /// A view that prints lines to `stdout`, in each process's colour if `colour` is set.
    pub fn new(stdout: W, stderr: E, colour: bool) -> Article<W, E> {
        Article {
            stdout,
            stderr,
            palette: colour.then(Palette::default),
            put: 0,
            got: 0,
        }
    }

    fn print(&mut self, line: &str, pid: u32) -> Result<()> {
        let text = match &mut self.palette {
            Some(palette) => format!("{}\n", line.style(palette.style(pid))),
            None => format!("{line}\n"),
        };
        // One write a line, so that whoever reads it sees whole lines only.
        self.stdout
            .write_all(text.as_bytes())
            .and_then(|()| self.stdout.flush())
            .context("cannot write to stdout")
    }

    fn tell(&mut self, message: &str) -> Result<()> {
        self.stderr
            .write_all(format!("mp-demo: {message}\n").as_bytes())
            .context("cannot write to stderr")
    }
}

impl<W: Write, E: Write> View for Article<W, E> {
    fn show(&mut self, record: &Record) -> Result<()> {
        match (record.event.as_str(), &record.message) {
            ("put", _) => self.put += 1,
            ("get", _) => self.got += 1,
            // Errors are told at the end of the run, when it is known which came first.
            ("error", _) | (_, None) => {}
            (_, Some(message)) => self.tell(message)?,
        }
        match &record.line {
            Some(line) => self.print(line, record.pid),
            None => Ok(()),
        }
    }

    fn finish(&mut self) -> Result<()> {
        match self.put.saturating_sub(self.got) {
            0 => Ok(()),
            1 => self.tell("1 value was put and never got (--json shows which)"),
            lost => self.tell(&format!(
                "{lost} values were put and never got (--json shows which)"
            )),
        }
    }
}
