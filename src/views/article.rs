//! The article's lines, and nothing else on stdout.

use std::io::Write;

use anyhow::{Context as _, Result};
use owo_colors::OwoColorize;

use super::palette::Palette;
use super::view::View;
use crate::events::Record;
use crate::os::streams::cannot_write;
use crate::state::{Change, State};
use crate::words::plain::on_its_lines;

/// Prints each event's line.
pub struct Article<W> {
    stdout: W,
    labels: Option<Labels>,
    palette: Option<Palette>,
    /// Whether a terminal would obey what stands in a line.
    is_terminal: bool,
}

/// The widths of the labels' columns. They grow as needed, since nobody knows beforehand who will
/// come.
struct Labels {
    time: usize,
    role: usize,
    pid: usize,
}

impl<W: Write> Article<W> {
    /// A view that prints lines to `stdout`, in each process's colour if `colour` is set. On a
    /// terminal, what it would obey is shown instead.
    pub fn new(stdout: W, colour: bool, is_terminal: bool) -> Article<W> {
        Article { stdout, labels: None, palette: colour.then(Palette::default), is_terminal }
    }

    /// The same, with each line prefixed with its time in seconds, its role and its PID.
    pub fn with_labels(self) -> Article<W> {
        let labels =
            Some(Labels { time: "0.000000".len(), role: "writer-10".len(), pid: "43784".len() });
        Article { labels, ..self }
    }

    fn print(&mut self, line: &str, record: &Record) -> Result<()> {
        let label = match &mut self.labels {
            Some(labels) => labels.label(record),
            None => String::new(),
        };
        // Python prints a value as it is, so that is what a file or another program gets.
        let line = match self.is_terminal {
            true => on_its_lines(line),
            false => line.into(),
        };
        // A value may have lines of its own.
        let line = line.replace('\n', &format!("\n{label}"));
        let text = match &mut self.palette {
            Some(palette) => {
                let line = line.style(palette.style(record.pid));
                match label.as_str() {
                    "" => format!("{line}\n"),
                    label => format!("{}{line}\n", label.dimmed()),
                }
            }
            None => format!("{label}{line}\n"),
        };
        // One write per line, so that a reader only ever sees whole lines.
        self.stdout
            .write_all(text.as_bytes())
            .and_then(|()| self.stdout.flush())
            .with_context(cannot_write)
    }
}

impl Labels {
    fn label(&mut self, record: &Record) -> String {
        let time = format!("{:.6}", record.t);
        let pid = record.pid.to_string();
        self.time = self.time.max(time.len());
        self.role = self.role.max(record.role.len());
        self.pid = self.pid.max(pid.len());
        format!(
            "{time:>0$}  {role:<1$}  {pid:>2$}  ",
            self.time,
            self.role,
            self.pid,
            role = record.role
        )
    }
}

impl<W: Write> View for Article<W> {
    fn show(&mut self, record: &Record, _: &State, _: &Change) -> Result<()> {
        if let Some(palette) = &mut self.palette {
            palette.see(record);
        }
        match &record.line {
            Some(line) => self.print(line, record),
            None => Ok(()),
        }
    }
}
