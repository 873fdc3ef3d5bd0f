//! The article's lines, and nothing else on stdout.

use std::borrow::Cow;
use std::io::Write;

use anyhow::Result;
use owo_colors::OwoColorize;
use unicode_width::UnicodeWidthStr as _;

use super::palette::Palette;
use super::view::{View, print};
use crate::events::{At, Record};
use crate::python::is_open;
use crate::state::{Change, State};
use crate::words::figures::{left, right, wrapped};
use crate::words::plain::{on_its_lines, on_one_line};

pub struct Article<W> {
    stdout: W,
    labels: Option<Labels>,
    palette: Option<Palette>,
    /// How wide stdout is, if it is a terminal: there, control characters are escaped.
    width: Option<usize>,
    line_of: LineOf,
}

/// Narrower terminals would break a lesson's lines and tables within words.
const WIDE: usize = 80;

/// Finds the line that an event brings, if any.
type LineOf = for<'a> fn(&'a Record) -> Option<Cow<'a, str>>;

struct Labels {
    /// The widths of the labels' columns, which grow as needed.
    widths: [usize; 4],
    has_places: bool,
}

impl<W: Write> Article<W> {
    /// A view that prints lines to `stdout`, in each process's colour if `colour` is set. On a
    /// terminal, which has a `width`, control characters are escaped.
    pub fn new(stdout: W, colour: bool, width: Option<usize>) -> Article<W> {
        let palette = colour.then(Palette::default);
        let line_of: LineOf = |record| record.line.as_deref().map(Cow::Borrowed);
        Article { stdout, labels: None, palette, width, line_of }
    }

    /// The view of other lines than those of stdout.
    pub fn of_stderr(self, line_of: LineOf) -> Article<W> {
        Article { line_of, ..self }
    }

    /// The view with each line prefixed with its time in seconds, its role and its PID, and with
    /// its place in the program if `places` is set.
    pub fn with_labels(self, places: bool) -> Article<W> {
        let widths = ["0.000000", "writer-10", "43784", ""].map(str::len);
        Article { labels: Some(Labels { widths, has_places: places }), ..self }
    }

    fn print(&mut self, line: &str, record: &Record) -> Result<()> {
        let label = match &mut self.labels {
            Some(labels) => labels.label(record),
            None => String::new(),
        };
        // Python prints a value as it is, so that is what a file or another program gets.
        let line = match self.width {
            Some(_) => on_its_lines(line),
            None => line.into(),
        };
        // A value may have lines of its own.
        let mut line = line.replace('\n', &format!("\n{label}"));
        if let Some(width) = self.width.filter(|width| *width < WIDE)
            && label.width() + line.width() > width
        {
            // The label's room is kept, and then cut off.
            let room = " ".repeat(label.width());
            let whole = wrapped(&format!("{room}{line}"), width, "    ");
            line = whole.strip_prefix(&room).unwrap_or(&whole).trim_end().to_owned();
        }
        // For people, each line stands by itself.
        let is_exact = self.labels.is_none() && self.width.is_none();
        let end = if is_exact && is_open(record) { "" } else { "\n" };
        let text = match &mut self.palette {
            Some(palette) => {
                let line = line.style(palette.style(record.pid));
                match label.as_str() {
                    "" => format!("{line}{end}"),
                    label => format!("{}{line}{end}", label.dimmed()),
                }
            }
            None => format!("{label}{line}{end}"),
        };
        print(&mut self.stdout, &text)
    }
}

impl Labels {
    fn label(&mut self, record: &Record) -> String {
        let place = record.at.as_ref().map(At::to_string).unwrap_or_default();
        let (time, pid) = (format!("{:.6}", record.t), record.pid.to_string());
        let cells = [&time, &*record.role, &pid, &on_one_line(&place)];
        for (width, cell) in self.widths.iter_mut().zip(cells) {
            *width = cell.width().max(*width);
        }
        let ([time, role, pid, place], widths) = (cells, self.widths);
        let (time, role, pid) =
            (right(time, widths[0]), left(role, widths[1]), right(pid, widths[2]));
        let place = match self.has_places {
            true => format!("{}  ", left(place, widths[3])),
            false => String::new(),
        };
        format!("{time}  {role}  {pid}  {place}")
    }
}

impl<W: Write> View for Article<W> {
    fn show(&mut self, record: &Record, _: &State, _: &Change) -> Result<()> {
        if let Some(palette) = &mut self.palette {
            palette.see(record);
        }
        match (self.line_of)(record) {
            Some(line) => self.print(&line, record),
            None => Ok(()),
        }
    }
}
