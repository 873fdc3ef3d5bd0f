//! The article's lines, and nothing else on stdout.

use std::io::Write;

use anyhow::Result;
use owo_colors::OwoColorize;
use unicode_width::UnicodeWidthStr as _;

use super::palette::Palette;
use super::view::{View, print};
use crate::events::{At, Record};
use crate::state::{Change, State};
use crate::words::plain::{on_its_lines, on_one_line};

/// Prints each event's line.
pub struct Article<W> {
    stdout: W,
    labels: Option<LabelWidths>,
    palette: Option<Palette>,
    /// Whether a terminal would obey what stands in a line.
    is_terminal: bool,
}

/// The widths of the labels' columns. They grow as needed, since nobody knows beforehand who will
/// come.
struct LabelWidths {
    time: usize,
    role: usize,
    pid: usize,
    /// The width of the place in the program, if that is shown.
    at: Option<usize>,
}

impl<W: Write> Article<W> {
    /// A view that prints lines to `stdout`, in each process's colour if `colour` is set. On a
    /// terminal, what it would obey is shown instead.
    pub fn new(stdout: W, colour: bool, is_terminal: bool) -> Article<W> {
        Article { stdout, labels: None, palette: colour.then(Palette::default), is_terminal }
    }

    /// The same, with each line prefixed with its time in seconds, its role and its PID, and with
    /// its place in the program if `places` are wanted.
    pub fn with_labels(self, places: bool) -> Article<W> {
        let [time, role, pid] = ["0.000000", "writer-10", "43784"].map(str::len);
        let at = places.then_some(0);
        Article { labels: Some(LabelWidths { time, role, pid, at }), ..self }
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
        print(&mut self.stdout, &text)
    }
}

impl LabelWidths {
    fn label(&mut self, record: &Record) -> String {
        let time = format!("{:.6}", record.t);
        let pid = record.pid.to_string();
        self.time = self.time.max(time.len());
        self.role = self.role.max(record.role.len());
        self.pid = self.pid.max(pid.len());
        let LabelWidths { time: time_width, role: role_width, pid: pid_width, at } = self;
        let role = &record.role;
        let label = format!("{time:>time_width$}  {role:<role_width$}  {pid:>pid_width$}  ");
        match at {
            Some(width) => {
                let place = record.at.as_ref().map(At::to_string).unwrap_or_default();
                let place = on_one_line(&place);
                *width = place.width().max(*width);
                let gap = " ".repeat(*width - place.width());
                format!("{label}{place}{gap}  ")
            }
            None => label,
        }
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
