//! The article's lines, and nothing else on stdout.

use std::collections::VecDeque;
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
    /// Values, as JSON, that were put and not yet got, in the order of their puts. There are never more than the
    /// queue's pipe holds.
    in_queue: VecDeque<String>,
}

impl<W: Write, E: Write> Article<W, E> {
    /// A view that prints lines to `stdout`, in each process's colour if `colour` is set.
    pub fn new(stdout: W, stderr: E, colour: bool) -> Article<W, E> {
        Article {
            stdout,
            stderr,
            palette: colour.then(Palette::default),
            in_queue: VecDeque::new(),
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
        match (record.event.as_str(), record.child, record.value) {
            // Colours are given out in the order of the starts, so that they are the same in each run.
            ("started", Some(child), _) => {
                if let Some(palette) = &mut self.palette {
                    palette.style(child);
                }
            }
            ("put", _, Some(value)) => self.in_queue.push_back(value.get().to_owned()),
            ("get", _, Some(value)) => {
                if let Some(index) = self.in_queue.iter().position(|put| put == value.get()) {
                    self.in_queue.remove(index);
                }
            }
            _ => {}
        }
        match (record.event.as_str(), &record.message) {
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
        let lost = self.in_queue.len();
        let what = match lost {
            0 => return Ok(()),
            1 => "1 value was".into(),
            _ => format!("{lost} values were"),
        };
        let named: Vec<_> = self
            .in_queue
            .iter()
            .take(SHOWN)
            .map(String::as_str)
            .collect();
        let rest = match lost.saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        self.tell(&format!(
            "{what} put and never got: {}{rest}",
            named.join(", ")
        ))
    }
}

/// How many lost values are named.
const SHOWN: usize = 5;
